#!/usr/bin/env bash
# Finds or fetches libtorch 2.4.0 for `--features rust-bert`, and prints the exports to build and run with:
#
#   eval "$(scripts/libtorch.sh)" && cargo build --release --features rust-bert
#
# Used as it is: a folder named by LIBTORCH, or a torch 2.4 that python3 imports (this is the way to CUDA). Otherwise the
# CPU part is taken out of PyPI's wheels, the only registry that this needs; their SHA-256 is checked. On a machine that
# reaches download.pytorch.org, none of this is needed: tch fetches libtorch by itself when neither is set.
#
# Usage: scripts/libtorch.sh [FOLDER]     FOLDER: where to put it, ~/.cache/whomet/libtorch-2.4.0 by default
set -euo pipefail

VERSION=2.4.0
# libtorch_cpu.so of PyPI's build links two small libraries of CUDA, used by the profiler only.
WHEELS="\
torch==$VERSION --hash=sha256:e743adadd8c8152bb8373543964551a7cb7cc20ba898dc8f9c0cdbe47c283de0
nvidia-cuda-cupti-cu12==12.1.105 --hash=sha256:e54fde3983165c624cb79254ae9818a456eb6e87a7fd4d56a2352c24ee542d7e
nvidia-cuda-runtime-cu12==12.1.105 --hash=sha256:6e258468ddf5796e25f1dc591a31029fa317d97a0a94ed93468fc86301d61e40"

say() { printf '%s\n' "$*" >&2; }
die() { say "libtorch.sh: $*"; exit 1; }

if [[ -n ${LIBTORCH:-} ]]; then
  [[ -d $LIBTORCH/lib ]] || die "LIBTORCH is $LIBTORCH, which has no folder lib"
  say "libtorch: $LIBTORCH, as LIBTORCH says"
  printf 'export LIBTORCH=%q\n' "$LIBTORCH"
  [[ -z ${LIBTORCH_CXX11_ABI:-} ]] || printf 'export LIBTORCH_CXX11_ABI=%q\n' "$LIBTORCH_CXX11_ABI"
  printf 'export LD_LIBRARY_PATH=%q${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}\n' "$LIBTORCH/lib"
  exit
fi

find_torch='import os, torch; assert torch.__version__.split("+")[0] == "'$VERSION'"; print(os.path.dirname(torch.__file__))'
if torch=$(python3 -c "$find_torch" 2>/dev/null); then
  say "libtorch: that of Python's torch in $torch"
  printf 'export LIBTORCH_USE_PYTORCH=1\n'
  printf 'export LD_LIBRARY_PATH=%q${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}\n' "$torch/lib"
  exit
fi

folder=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/whomet/libtorch-$VERSION}
mkdir -p "$(dirname "$folder")"
folder=$(cd "$(dirname "$folder")" && pwd)/$(basename "$folder")

if [[ -f $folder/SHA256SUMS ]] && (cd "$folder" && sha256sum --check --quiet SHA256SUMS >&2); then
  say "libtorch: $folder, there already"
else
  [[ $(uname -sm) == "Linux x86_64" ]] || die "PyPI's wheel is taken apart on Linux x86-64 only; set LIBTORCH to a libtorch $VERSION"
  work=$(mktemp -d "$folder.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  say "libtorch: fetching from PyPI (797 MB; 500 MB stay) to $folder"
  printf '%s\n' "$WHEELS" >"$work/wheels.txt"
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --python-version 3.11 \
    --implementation cp --abi cp311 --platform manylinux1_x86_64 --require-hashes -r "$work/wheels.txt" -d "$work" >&2
  python3 - "$work" <<'PY'
import fnmatch, pathlib, shutil, sys, zipfile

work = pathlib.Path(sys.argv[1])
wanted = {"torch/lib/libtorch_cpu.so": "lib", "torch/lib/libc10.so": "lib", "torch/lib/libgomp-*.so.1": "lib",
          "nvidia/cuda_cupti/lib/libcupti.so.12": "lib", "nvidia/cuda_runtime/lib/libcudart.so.12": "lib"}
for wheel in work.glob("*.whl"):
    with zipfile.ZipFile(wheel) as z:
        for name in z.namelist():
            to = next((work / "new" / d / pathlib.Path(name).name for p, d in wanted.items() if fnmatch.fnmatch(name, p)), None)
            if name.startswith("torch/include/"): to = work / "new" / name.removeprefix("torch/")
            if to is None or name.endswith("/"): continue
            to.parent.mkdir(parents=True, exist_ok=True)
            with z.open(name) as src, open(to, "wb") as dst: shutil.copyfileobj(src, dst)
PY
  ln -s libtorch_cpu.so "$work/new/lib/libtorch.so"
  printf '%s\n' "$VERSION" >"$work/new/build-version"
  (cd "$work/new" && sha256sum lib/*.so* build-version >SHA256SUMS)
  rm -rf "$folder"
  mv "$work/new" "$folder"
fi
printf 'export LIBTORCH=%q\n' "$folder"
# PyPI's builds before torch 2.6 use the old names of C++ strings.
printf 'export LIBTORCH_CXX11_ABI=0\n'
printf 'export LD_LIBRARY_PATH=%q${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}\n' "$folder/lib"
