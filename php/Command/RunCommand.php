<?php

declare(strict_types=1);

namespace FfiZts\Command;

use FfiZts\Internal\Cli;

/** `ffi-zts run`: php-cli's command line, executed in the guest. */
final class RunCommand
{
    /**
     * @param array<string, mixed> $boot      options for FfiZts::boot()
     * @param ?string              $phpBinary PHP_BINARY of the guest; null: the extension's choice
     */
    public function __construct(private readonly array $boot, private readonly ?string $phpBinary)
    {
    }

    public static function definition(): Definition
    {
        return new Definition(
            'run',
            'Runs a script inside the thread-safe PHP, as `php script.php` would',
            <<<'TEXT'
                The same options, $argv, standard streams, output and exit status as of php; `ffi-zts run --help` lists the
                options. They are meant for the guest.

                    vendor/bin/ffi-zts run script.php a b
                    vendor/bin/ffi-zts run -d memory_limit=1G -r 'echo PHP_ZTS;'
                TEXT,
            [new Argument('arguments', "php's options, a script, its arguments", false, true)],
        );
    }

    /** @param list<string> $arguments php's */
    public function run(array $arguments): int
    {
        $parsed = PhpArguments::parse($arguments);
        if ($parsed->mode === PhpArguments::STOP) {
            if ($parsed->error !== '') {
                fwrite(STDERR, $parsed->error);
            }
            echo $parsed->message;
            return $parsed->status;
        }
        try {
            return Cli::main($this->spec($parsed));
        } catch (\FfiZts\BootException $error) {
            // The guest has displayed what its configuration allows it to; php-cli adds nothing, and ends with status 1.
            if (str_ends_with($error->getMessage(), 'module startup failed')) {
                return 1;
            }
            throw $error;
        }
    }

    /** @return array<string, mixed> what FfiZts\Internal\Cli::main() takes */
    public function spec(PhpArguments $parsed): array
    {
        return [
            'options' => $this->boot + ['sapi_name' => 'cli'],
            'executable' => $this->phpBinary,
            'ini_text' => $parsed->iniText,
            'ini_path' => $parsed->iniPath,
            'no_ini' => $parsed->noIni,
            'mode' => $parsed->mode,
            'script' => $parsed->script,
            'argv' => $parsed->argv,
        ];
    }
}
