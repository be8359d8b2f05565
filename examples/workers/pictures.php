<?php

/* Pictures in plain PHP: three bytes a pixel, in the format PPM (P6). */

declare(strict_types=1);

function drawPicture(string $file, int $width, int $height): void
{
    $pixels = '';
    for ($y = 0; $y < $height; $y++) {
        for ($x = 0; $x < $width; $x++) {
            $pixels .= chr(intdiv(255 * $x, $width)) . chr(intdiv(255 * $y, $height)) . "\x80";
        }
    }
    file_put_contents($file, "P6 $width $height 255\n$pixels");
}

/** @return array{int, int, int} width, height and bytes of the thumbnail, which is 40 pixels wide */
function shrinkPicture(string $file): array
{
    $picture = file_get_contents($file);
    sscanf($picture, 'P6 %d %d 255', $width, $height);
    $begin = strpos($picture, "\n") + 1;
    $scale = intdiv($width, 40);
    [$smallWidth, $smallHeight] = [intdiv($width, $scale), intdiv($height, $scale)];
    $pixels = '';
    for ($y = 0; $y < $smallHeight; $y++) {
        for ($x = 0; $x < $smallWidth; $x++) {
            // The mean of a square of pixels.
            $sums = [0, 0, 0];
            for ($i = 0; $i < $scale * $scale; $i++) {
                $at = $begin + 3 * (($y * $scale + intdiv($i, $scale)) * $width + $x * $scale + $i % $scale);
                for ($channel = 0; $channel < 3; $channel++) {
                    $sums[$channel] += ord($picture[$at + $channel]);
                }
            }
            foreach ($sums as $sum) {
                $pixels .= chr(intdiv($sum, $scale * $scale));
            }
        }
    }
    $bytes = file_put_contents("$file.small", "P6 $smallWidth $smallHeight 255\n$pixels");
    return [$smallWidth, $smallHeight, $bytes];
}
