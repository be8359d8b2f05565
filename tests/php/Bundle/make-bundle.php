<?php

declare(strict_types=1);

/*
 * Makes a bundle and its manifest of what `make` has built, for tests; scripts/package.sh makes those of a release.
 *
 *   php make-bundle.php BUILD GOAL [VERSION]      writes GOAL/ffi_zts-VERSION-….tar.gz and GOAL/bundles.json
 */

require __DIR__ . '/Tar.php';
require __DIR__ . '/BundleMaker.php';

use FfiZts\Tests\Bundle\BundleMaker;

[, $build, $goal] = $argv;
$version = $argv[3] ?? '0.1.0';
$runtime = json_decode((string) file_get_contents("$build/runtime/runtime.json"), true, 512, JSON_THROW_ON_ERROR);
$minor = PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION;
$maker = new BundleMaker($version, "host$minor-guest{$runtime['minor']}-linux-" . php_uname('m') . '-glibc');
$paths = ['ffi_zts.so', 'runtime/ffi_zts_guest.so', 'runtime/libphp.so', 'runtime/runtime.json'];
foreach (glob("$build/runtime/ext/*.so") ?: [] as $extension) {
    $paths[] = 'runtime/ext/' . basename($extension);
}
$maker->files = [];
foreach ($paths as $path) {
    $maker->files[$path] = (string) file_get_contents("$build/$path");
}
$archive = $maker->write($goal);
$manifest = BundleMaker::manifest([$goal], [$archive], $version, 4 << 20);
file_put_contents("$goal/bundles.json", json_encode($manifest, JSON_UNESCAPED_SLASHES | JSON_PRETTY_PRINT));
echo basename($archive), "\n";
