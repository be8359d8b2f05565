<?php

declare(strict_types=1);

namespace FfiZts\Command;

/** `ffi-zts install`: builds the extension and the runtime by the package's own Makefile. */
final class InstallCommand implements Command
{
    /** @param string $package directory of the package */
    public function __construct(private readonly string $package)
    {
    }

    public static function definition(): Definition
    {
        return new Definition('install', 'Builds the extension and the runtime', 'Runs make in the package.');
    }

    public function run(Input $input, Output $output): int
    {
        if (!is_file("{$this->package}/Makefile")) {
            throw new Failure("there is no Makefile in {$this->package}");
        }
        echo "Building the extension and the runtime: make -C {$this->package}\n";
        flush();
        $status = $this->make();
        if ($status !== 0) {
            fwrite(STDERR, "ffi-zts: make failed with status $status\n");
            return $status;
        }
        echo "Done. `ffi-zts enable` tells the line of php.ini, `ffi-zts doctor` checks it all.\n";
        return 0;
    }

    private function make(): int
    {
        $process = proc_open(['make', '-C', $this->package], [], $pipes);
        if ($process === false) {
            throw new Failure('cannot start make');
        }
        return proc_close($process);
    }
}
