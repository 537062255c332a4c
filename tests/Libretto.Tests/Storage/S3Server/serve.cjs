// A bucket on a loopback port: node serve.cjs PORT FOLDER BUCKET
const v4 = require('@20minutes/s3rver/lib/signature/v4');
const S3rver = require('@20minutes/s3rver');

// It takes the path of a bucket for signed without the slash that AWS's SDK sends and signs.
const stringToSign = v4.getStringToSign;
v4.getStringToSign = (request, signature) =>
  stringToSign({ ...request, uri: request.uri.indexOf('/', 1) < 0 ? request.uri + '/' : request.uri }, signature);

const [port, directory, bucket] = process.argv.slice(2);
new S3rver({ port: Number(port), address: '127.0.0.1', silent: true, directory, configureBuckets: [{ name: bucket }] }).run();
