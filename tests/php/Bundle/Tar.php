<?php

declare(strict_types=1);

namespace FfiZts\Tests\Bundle;

/** Writes ustar archives, good ones and bad ones. */
final class Tar
{
    private string $bytes = '';

    /** @param string $size the field as it stands; '' for what the content makes */
    public function add(string $name, string $content, string $type = '0', string $link = '', string $size = '', string $magic = "ustar\00000"): self
    {
        $header = str_pad($name, 100, "\0") . "0000644\0" . "0000000\0" . "0000000\0" . ($size === '' ? sprintf("%011o\0", strlen($content)) : $size)
            . sprintf("%011o\0", 0) . '        ' . $type . str_pad($link, 100, "\0") . $magic;
        $header = str_pad($header, 512, "\0");
        $sum = array_sum(unpack('C*', $header));
        $this->bytes .= substr_replace($header, sprintf("%06o\0 ", $sum), 148, 8);
        $this->bytes .= $content . str_repeat("\0", (512 - strlen($content) % 512) % 512);
        return $this;
    }

    public function raw(string $bytes): self
    {
        $this->bytes .= $bytes;
        return $this;
    }

    public function bytes(): string
    {
        return $this->bytes . str_repeat("\0", 1024);
    }

    public function write(string $path): string
    {
        file_put_contents($path, gzencode($this->bytes(), 1));
        return $path;
    }
}
