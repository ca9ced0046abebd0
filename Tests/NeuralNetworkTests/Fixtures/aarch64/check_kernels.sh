#!/usr/bin/env bash
# Builds the kernels for aarch64 and runs them under emulation against plain loops.
#
# Needs (apt): qemu-user-static libc6-dev-arm64-cross libgcc-12-dev-arm64-cross, and Swift's clang
# and lld. SYSROOT says where the cross packages are unpacked, if not at /.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
kernels=$here/../../../../Sources/CKernels
root=${SYSROOT:-}
libc=$root/usr/aarch64-linux-gnu
gcc=$root/usr/lib/gcc-cross/aarch64-linux-gnu/12
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
clang --target=aarch64-linux-gnu -O3 -Wall -Wextra -Wno-sign-conversion -static -fuse-ld=lld \
    -isystem "$libc/include" -I"$kernels/include" -B"$libc/lib" -B"$gcc" -L"$libc/lib" -L"$gcc" \
    "$here/check_kernels.c" "$kernels"/*.c -lm -o "$build/check_kernels"
"$root/usr/bin/qemu-aarch64-static" "$build/check_kernels"
