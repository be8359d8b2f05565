<?php

/* The same as pictures.php with GD. */

declare(strict_types=1);

function drawPicture(string $file, int $width, int $height): void
{
    $picture = imagecreatetruecolor($width, $height);
    for ($x = 0; $x < $width; $x++) {
        imageline($picture, $x, 0, $x, $height - 1, imagecolorallocate($picture, intdiv(255 * $x, $width), 96, 128));
    }
    imagepng($picture, $file);
}

/** @return array{int, int, int} width, height and bytes of the thumbnail, which is 40 pixels wide */
function shrinkPicture(string $file): array
{
    $small = imagescale(imagecreatefrompng($file), 40);
    imagepng($small, "$file.small");
    return [imagesx($small), imagesy($small), filesize("$file.small")];
}
