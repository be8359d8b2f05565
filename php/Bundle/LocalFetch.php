<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** Reads from a directory of this machine. */
final class LocalFetch implements Fetch
{
    public function range(string $url, int $from, int $to, int $limit, Sink $sink): void
    {
        $path = Url::path($url);
        if (!is_file($path)) {
            throw new FetchError("there is no $path");
        }
        $file = @fopen($path, 'rb') ?: throw new FetchError("cannot read $path: " . Disk::lastError());
        try {
            $sink->begin(true, (int) fstat($file)['size']);
            fseek($file, $from);
            for ($left = $to - $from + 1; $left > 0; $left -= strlen($bytes)) {
                $bytes = fread($file, min($left, 1 << 16));
                if ($bytes === false || $bytes === '') {
                    return;
                }
                $sink->write($bytes);
            }
        } finally {
            fclose($file);
        }
    }
}
