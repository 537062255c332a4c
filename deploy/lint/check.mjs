// Checks the files of deploy/ by what their makers publish: compose.yaml by the Compose specification's schema (dclint), Dockerfiles
// by Docker's own language tools (dockerfile-utils), fly.toml and railway.json by the keys that their references name.
//   node check.mjs FOLDER_OF_THE_CHECKOUT
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'smol-toml';

const { validate } = createRequire(import.meta.url)('dockerfile-utils');
const here = dirname(fileURLToPath(import.meta.url));
const deploy = join(process.argv[2], 'deploy');
const read = name => readFileSync(join(deploy, name), 'utf8');
const complaints = [];

for (const file of ['orchestrator.Dockerfile', 'worker.Dockerfile'])
  for (const { message, range } of validate(read(file)))
    complaints.push(`${file}:${range.start.line + 1}: ${message}`);

const compose = spawnSync(
  process.execPath, [join(here, 'node_modules', 'dclint', 'bin', 'dclint.cjs'), '-c', join(here, '.dclintrc.json'), '--max-warnings', '0', join(deploy, 'compose.yaml')],
  { encoding: 'utf8' });
if (compose.status !== 0)
  complaints.push(compose.stdout + compose.stderr);

// https://fly.io/docs/reference/configuration/ and https://docs.railway.com/config-as-code/reference, read on 2026-11-23.
const fly = {
  app: 1, primary_region: 1, kill_signal: 1, kill_timeout: 1, build: { dockerfile: 1 }, env: { '*': 1 },
  http_service: {
    internal_port: 1, force_https: 1, auto_stop_machines: 1, auto_start_machines: 1, min_machines_running: 1,
    concurrency: { type: 1, soft_limit: 1, hard_limit: 1 },
    checks: { method: 1, path: 1, interval: 1, timeout: 1, grace_period: 1 },
  },
  vm: { size: 1, memory: 1 },
};
const railway = {
  $schema: 1, build: { builder: 1, dockerfilePath: 1, watchPatterns: 1 },
  deploy: { healthcheckPath: 1, healthcheckTimeout: 1, restartPolicyType: 1, restartPolicyMaxRetries: 1, drainingSeconds: 1, numReplicas: 1 },
};
checkKeys('fly.toml', parse(read('fly.toml')), fly);
checkKeys('railway.json', JSON.parse(read('railway.json')), railway);

function checkKeys(where, value, known) {
  for (const item of Array.isArray(value) ? value : [value])
    for (const [key, inner] of Object.entries(item)) {
      const rule = known[key] ?? known['*'];
      if (!rule)
        complaints.push(`${where}: ${key} is not known`);
      else if (typeof rule === 'object')
        checkKeys(`${where}: ${key}`, inner, rule);
    }
}

for (const complaint of complaints)
  console.error(complaint);
process.exit(complaints.length ? 1 : 0);
