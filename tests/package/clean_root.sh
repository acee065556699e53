# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
#
# The package, and a Debian that nobody has touched to install it into: what fetch-root made, in
# memory and a mount namespace that go with the test. Sourced after tests/system/lib.sh.

: "${PACKAGE_FOLDER:=build/package}"
package='' # the .deb
root=''    # the clean root, as the mount namespace of ${lab_pid[root]} sees it
cache=''   # where fetch-root keeps it

# build_package: the package of this tree; the test before this one may have made it.
build_package() {
  scripts/build-package "$PACKAGE_FOLDER" >/dev/null && package=$(realpath "$PACKAGE_FOLDER"/dpdk-carp_*.deb)
}

# newer_package FILE: the same package, as if it were of the next version.
newer_package() {
  mkdir "$lab_dir/newer"
  dpkg-deb --raw-extract "$package" "$lab_dir/newer"
  sed -i 's/^Version: .*/&+newer/' "$lab_dir/newer/DEBIAN/control"
  dpkg-deb --build "$lab_dir/newer" "$1" >/dev/null
}

# root_fetch: the archive of the clean root, or the reason why there is none.
root_fetch() {
  cache=$(tests/package/fetch-root 2>"$lab_dir/fetch.out") || skip "no clean root: $(tail -n 1 "$lab_dir/fetch.out")"
}

# root_open HOST: unpacks it; its /sys is of that host's network. apt has what earlier tests fetched.
root_open() {
  root=$lab_dir/layer/root
  mkdir "$lab_dir/layer"
  root_fetch
  # shellcheck disable=SC2016 # $1 and $2 are of the inner shell
  spawn root "$1" unshare --mount --propagation private sh -ec '
    mount -t tmpfs tmpfs "$1"
    mkdir "$1/root"
    tar -C "$1/root" -xf "$2/root.tar"
    cp /etc/resolv.conf "$1/root/etc/resolv.conf"
    cp "$2/archives/"*.deb "$1/root/var/cache/apt/archives/" 2>/dev/null || true
    mount -t proc proc "$1/root/proc"
    mount --rbind /dev "$1/root/dev"
    mount --rbind /sys "$1/root/sys"
    mount -t tmpfs tmpfs "$1/root/run"
    echo up
    exec sleep infinity' sh "$lab_dir/layer" "$cache" >"$lab_dir/root.out" 2>&1
  wait_until "$patience" grep -q up "$lab_dir/root.out" || skip "no root can be mounted here: $(tail -n 1 "$lab_dir/root.out")"
}

# within COMMAND...: runs it in the clean root, with the network of the machine.
within() { nsenter --target "${lab_pid[root]}" --mount chroot "$root" "$@"; }

# give FILE [NAME]: puts it there.
give() { within tee "${2-/root/${1##*/}}" <"$1" >/dev/null; }

# apt WORD...: what apt-get says is in apt.out.
apt() { within env DEBIAN_FRONTEND=noninteractive apt-get -y "$@" >>"$lab_dir/apt.out" 2>&1; }

# fetched PACKAGE...: has what they need in the cache. Lists that are too old are renewed.
fetched() {
  apt install --download-only "$@" || { apt update && apt install --download-only "$@"; } ||
    skip "apt cannot fetch what is needed: $(tail -n 1 "$lab_dir/apt.out")"
  nsenter --target "${lab_pid[root]}" --mount sh -c 'cp -n "$1"/var/cache/apt/archives/*.deb "$2/archives/"' sh "$root" "$cache"
}
