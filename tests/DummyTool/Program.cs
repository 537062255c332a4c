using System.Diagnostics;
using System.Runtime.InteropServices;

// A program that does what a test asks, one step an argument, in order:
//   out:TEXT  err:TEXT   writes a line
//   flood:N  errflood:N  writes N bytes
//   cat                  copies standard input to standard output
//   env:NAME             writes an environment variable
//   child:FILE           starts a child that hangs, and writes its process number into FILE
//   pid:FILE             writes its own process number into FILE
//   deaf                 ignores the signals that ask it to end
//   memory:N             takes N bytes of memory and writes into each page
//   hang                 does nothing for ever
//   kill:N               ends itself by signal N
//   exit:N               ends with this code
foreach (var step in args)
{
    var (name, value) = step.Split(':', 2) is [var n, var v] ? (n, v) : (step, "");
    switch (name)
    {
        case "out":
            Console.Out.WriteLine(value);
            break;
        case "err":
            Console.Error.WriteLine(value);
            break;
        case "flood":
            Flood(Console.OpenStandardOutput(), long.Parse(value, null));
            break;
        case "errflood":
            Flood(Console.OpenStandardError(), long.Parse(value, null));
            break;
        case "cat":
            Console.OpenStandardInput().CopyTo(Console.OpenStandardOutput());
            break;
        case "env":
            Console.Out.WriteLine(Environment.GetEnvironmentVariable(value));
            break;
        case "child":
            using (var child = Process.Start(Environment.ProcessPath!, ["hang"]))
                WriteWhole(value, child.Id);
            break;
        case "pid":
            WriteWhole(value, Environment.ProcessId);
            break;
        case "deaf":
            foreach (var signal in (PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGHUP])
                PosixSignalRegistration.Create(signal, context => context.Cancel = true);
            break;
        case "memory":
            // Not before the limit is there.
            Thread.Sleep(500);
            try
            {
                var size = long.Parse(value, null);
                var block = Marshal.AllocHGlobal((nint)size);
                for (var at = 0L; at < size; at += 4096)
                    Marshal.WriteByte(block + (nint)at, 1);
            }
            catch (OutOfMemoryException)
            {
                Console.Error.WriteLine("MemoryError");
                return 1;
            }
            break;
        case "hang":
            Thread.Sleep(Timeout.Infinite);
            break;
        case "kill":
            Process.Start("kill", [$"-{value}", $"{Environment.ProcessId}"]).WaitForExit();
            Thread.Sleep(Timeout.Infinite);
            break;
        case "exit":
            return int.Parse(value, null);
        default:
            Console.Error.WriteLine($"unknown step {step}");
            return 64;
    }
}
return 0;

static void Flood(Stream stream, long bytes)
{
    var block = new byte[4096];
    Array.Fill(block, (byte)'x');
    for (; bytes > 0; bytes -= block.Length)
        stream.Write(block, 0, (int)Math.Min(bytes, block.Length));
    stream.Flush();
}

// Whoever waits for the file finds it complete.
static void WriteWhole(string file, int number)
{
    File.WriteAllText(file + ".new", $"{number}");
    File.Move(file + ".new", file);
}
