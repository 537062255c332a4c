# What the launchers share: finding the SDK, fetching Debian packages, building once. Sourced; sets nothing but functions.

say() { echo "libretto: $*" >&2; }

# Prints the path of a dotnet that has an SDK, or says what to do and gives up.
find_dotnet() {
  local dotnet
  for dotnet in "$(command -v dotnet || true)" "${DOTNET_ROOT:-}/dotnet" "${HOME:-}/.dotnet/dotnet"; do
    if [ -x "$dotnet" ] && [ -n "$("$dotnet" --list-sdks 2>/dev/null | grep '^1[0-9]\.')" ]; then
      echo "$dotnet"
      return
    fi
  done
  say "the .NET 10 SDK is needed and was not found. Install it from https://dotnet.microsoft.com/download/dotnet/10.0 and run this again."
  return 5
}

# install_missing PACKAGE COMMAND...: installs the Debian package when one of its commands is missing and we may.
install_missing() {
  local package=$1 command missing= as=
  shift
  for command in "$@"; do command -v "$command" >/dev/null || missing=$command; done
  [ -n "$missing" ] || return 0
  command -v apt-get >/dev/null || return 1
  if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || return 1
    as="sudo -n"
  fi
  say "installing $package (apt-get)"
  local get="$as env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300"
  { $get install -y --no-install-recommends "$package" || { $get update && $get install -y --no-install-recommends "$package"; }; } \
    >/dev/null 2>&1 </dev/null
}

# once LOCKFILE COMMAND...: runs the command while no other process does; the command does not inherit the lock, so nothing that it
# leaves running can hold it.
once() {
  local lock=$1 code=0
  shift
  mkdir -p "$(dirname "$lock")"
  exec 9>"$lock"
  if command -v flock >/dev/null; then flock 9; fi
  "$@" 9>&- || code=$?
  exec 9>&-
  return "$code"
}

# quietly LOGFILE COMMAND...: shows the command's output only when it fails.
quietly() {
  local log=$1
  shift
  # The compilers live too briefly for profiles of what they run to pay.
  DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_TieredPGO=0 "$@" >"$log" 2>&1 </dev/null && return
  cat "$log" >&2
  say "the build failed; its log is above and in $log."
  return 5
}
