<?php

declare(strict_types=1);

namespace FfiZts\Tests;

/** Gives a test a directory of its own, and takes it away afterwards. */
trait TemporaryDirectory
{
    private ?string $directory = null;

    private function directory(): string
    {
        if ($this->directory === null) {
            $this->directory = sys_get_temp_dir() . '/ffi_zts-test-' . bin2hex(random_bytes(6));
            mkdir($this->directory, 0700);
        }
        return $this->directory;
    }

    /** @after */
    public function removeDirectory(): void
    {
        if ($this->directory !== null) {
            Process::run(['rm', '-rf', '--', $this->directory]);
            $this->directory = null;
        }
    }
}
