<?php

/*
 * Thumbnails of a directory of pictures, on all cores: with GD where the host and so the guest has it, else in plain PHP.
 *
 *     php -d extension=ffi_zts.so examples/thumbnails.php [GD]
 *
 * GD is the name of an extension that the guest is to have, or its file.
 *
 * The work is in functions of a file, which each worker of the pool loads once: its bootstrap. Tasks are their names.
 */

declare(strict_types=1);

const PICTURES = 6;

$options = isset($argv[1]) ? ['extensions' => [$argv[1]]] : [];
$vm = FfiZts::boot($options);
$gd = $vm->run('extension_loaded', ['gd'])->await();
$pool = $vm->pool(2, __DIR__ . ($gd ? '/workers/pictures-gd.php' : '/workers/pictures.php'));

$directory = sys_get_temp_dir() . '/ffi_zts-thumbnails-' . bin2hex(random_bytes(6));
mkdir($directory, 0700);

// Something to work on: pictures of different sizes, drawn by the workers as well.
$sizes = [];
for ($number = 1; $number <= PICTURES; $number++) {
    $sizes["$directory/$number"] = [80 * $number, 60 * $number];
}
foreach ($sizes as $file => $size) {
    $drawn[] = $pool->submit('drawPicture', [$file, ...$size]);
}
FfiZts\Future::awaitAll($drawn);

$thumbnails = $pool->map(array_combine(array_keys($sizes), array_keys($sizes)), 'shrinkPicture');
$pool->close();

foreach ($thumbnails as $file => [$width, $height, $bytes]) {
    [$from, $to] = [implode('x', $sizes[$file]), "{$width}x$height"];
    printf("picture %s: %s to %s, %s\n", basename($file), $from, $to, $bytes > 0 && is_file("$file.small") ? 'written' : 'missing');
}
printf("done with %s\n", $gd ? 'GD' : 'plain PHP');

array_map(unlink(...), glob("$directory/*"));
rmdir($directory);
