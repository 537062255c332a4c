# Runs Libretto from a checkout where there is no Unix shell: builds what is not built, fetches ffmpeg by winget where it is missing, and
# ends with the program's own exit code. ./libretto does the same on Linux and macOS.
$ErrorActionPreference = 'Stop'

$root = $PSScriptRoot
$artifacts = Join-Path $root 'artifacts'
$app = Join-Path $artifacts 'app'
$stamp = Join-Path $artifacts 'app.stamp'
$program = Join-Path $app 'Libretto.Cli.dll'

function Say([string] $text) { [Console]::Error.WriteLine("libretto: $text") }

# A dotnet that has an SDK of .NET 10 or later; null where there is none.
function Find-Dotnet {
    $places = @((Get-Command dotnet -ErrorAction SilentlyContinue | Select-Object -First 1).Source)
    if ($env:DOTNET_ROOT) { $places += Join-Path $env:DOTNET_ROOT 'dotnet' }
    if ($env:ProgramFiles) { $places += Join-Path $env:ProgramFiles 'dotnet\dotnet.exe' }
    foreach ($place in $places) {
        if ($place -and (Test-Path $place) -and ((& $place --list-sdks 2>$null) -match '^1[0-9]\.')) { return $place }
    }
}

# Built after the last change to any source?
function Test-Current {
    if (-not (Test-Path $stamp) -or -not (Test-Path $program)) { return $false }
    $built = (Get-Item $stamp).LastWriteTimeUtc
    $sources = @(Get-ChildItem (Join-Path $root 'src') -Recurse -File) + @(Get-Item (Join-Path $root 'Directory.*.props'), (Join-Path $root 'global.json'))
    return -not ($sources | Where-Object { $_.LastWriteTimeUtc -gt $built -and $_.FullName -notmatch '[\\/](bin|obj)[\\/]' } | Select-Object -First 1)
}

# Built beside the old program and then put in its place, so that no one runs a half-built one.
function Build([string] $dotnet) {
    Say 'building (only the first time and after changes): about a minute'
    New-Item -ItemType Directory -Force $artifacts | Out-Null
    $begun = Get-Date
    $new = "$app.new"
    if (Test-Path $new) { Remove-Item -Recurse -Force $new }
    $log = Join-Path $artifacts 'build.log'
    $env:DOTNET_CLI_TELEMETRY_OPTOUT = '1'
    $env:DOTNET_NOLOGO = '1'
    $arguments = 'publish', (Join-Path $root 'src/Libretto.Cli'), '-c', 'Release', '--artifacts-path', $artifacts, '-o', $new,
        '--use-current-runtime', '--no-self-contained', '-p:PublishReadyToRun=true', '-p:CompileAhead=song', '-p:RunAnalyzers=false',
        '-p:EnforceCodeStyleInBuild=false', '-p:GenerateDocumentationFile=false', '--disable-build-servers', '-v', 'quiet'
    & $dotnet @arguments > $log
    if ($LASTEXITCODE -ne 0) {
        Get-Content $log | ForEach-Object { [Console]::Error.WriteLine($_) }
        Say "the build failed; its log is above and in $log."
        exit 5
    }
    if (Test-Path $app) { Remove-Item -Recurse -Force $app }
    Move-Item $new $app
    New-Item -ItemType File -Force $stamp | Out-Null
    (Get-Item $stamp).LastWriteTime = $begun
}

# Lyrics are UTF-8, whatever the console's code page is.
[Console]::OutputEncoding = New-Object System.Text.UTF8Encoding $false

$dotnet = Find-Dotnet
if (-not $dotnet) {
    Say "the .NET 10 SDK is needed and was not found. Type 'winget install Microsoft.DotNet.SDK.10', or see https://dotnet.microsoft.com/download/dotnet/10.0, and run this again."
    exit 5
}
if (-not (Test-Current)) { Build $dotnet }

$needsSound = $args.Count -gt 0 -and "$($args[0])" -notmatch '^(-.*|convert|models|doctor)$'
if ($needsSound -and -not $env:LIBRETTO_FFMPEG -and -not (Get-Command ffmpeg -ErrorAction SilentlyContinue)) {
    if (Get-Command winget -ErrorAction SilentlyContinue) {
        Say 'installing ffmpeg (winget)'
        winget install --exact --id Gyan.FFmpeg --silent --accept-package-agreements --accept-source-agreements | Out-Null
        $env:Path = @($env:Path, [Environment]::GetEnvironmentVariable('Path', 'User'), [Environment]::GetEnvironmentVariable('Path', 'Machine')) -join ';'
    }
    else {
        Say "ffmpeg is missing: install it from https://ffmpeg.org/download.html (macOS: 'brew install ffmpeg'), or set LIBRETTO_FFMPEG."
    }
}

# What of a song's code is not compiled ahead is compiled well at once; a server is to start soon.
if ("$($args[0])" -ne 'serve' -and -not $env:DOTNET_TC_QuickJit) { $env:DOTNET_TC_QuickJit = '0' }

& $dotnet $program @args
exit $LASTEXITCODE
