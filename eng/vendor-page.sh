#!/usr/bin/env bash
# Brings the page's third-party files up to the versions named here, with their licences: fonts, and the AudioWorklet that shifts keys.
# They are kept in the repository, so that neither a build nor a user's machine fetches them. Needs npm.
set -euo pipefail

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
vendor=$root/src/Libretto/Karaoke/Html/Assets/vendor
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# take PACKAGE@VERSION FOLDER FILE...: replaces FOLDER by these files of the package and its licence.
take() {
  local package=$1 folder=$vendor/$2
  shift 2
  rm -rf "$folder" "$scratch/package"
  mkdir -p "$folder"
  (cd "$scratch" && tar -xzf "$(npm pack --silent "$package")")
  local file
  for file in "$@"; do cp "$scratch/package/$file" "$folder/"; done
  cp "$scratch"/package/LICENSE* "$folder/"
  echo "$package" >"$folder/VERSION"
}

take @soundtouchjs/audio-worklet@2.1.1 soundtouch .dist/soundtouch-processor.js
take @fontsource-variable/inter@5.3.0 inter files/inter-latin-wght-normal.woff2 files/inter-latin-ext-wght-normal.woff2
take @fontsource-variable/newsreader@5.3.0 newsreader \
  files/newsreader-latin-wght-normal.woff2 files/newsreader-latin-ext-wght-normal.woff2
