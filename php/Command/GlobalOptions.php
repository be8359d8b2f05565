<?php

declare(strict_types=1);

namespace FfiZts\Command;

/** What stands between `ffi-zts` and the command. */
final class GlobalOptions
{
    /** Option of the command line => [option of FfiZts::boot(), type, what it is]. */
    private const OPTIONS = [
        'runtime' => ['runtime', 'string', 'directory of the runtime'],
        'library' => ['library', 'string', 'file of libphp'],
        'libdir' => ['libdir', 'string', 'directory that the dependencies of libphp load from'],
        'threads' => ['threads', 'int', 'how many workers at most'],
        'stack-size' => ['stack_size', 'int', 'bytes of stack of each thread'],
        'ini' => ['ini', 'pair', 'a php.ini setting of the guest, key=value; may be repeated'],
        'ini-file' => ['ini_file', 'string', 'php.ini of the guest'],
        'extension' => ['extensions', 'list', 'an extension of the guest, by name or path; may be repeated'],
        'extension-dir' => ['extension_dir', 'string', 'where the guest finds extensions'],
        'prepend' => ['prepend', 'list', 'a PHP file to run before the script; may be repeated'],
        'bootstrap' => ['bootstrap', 'string', 'a PHP file to run once on each worker'],
        'sapi-name' => ['sapi_name', 'string', 'PHP_SAPI of the guest; `run` uses cli'],
        'stop-timeout' => ['stop_timeout', 'float', 'seconds that a job over its time limit has to end'],
        'shutdown-timeout' => ['shutdown_timeout', 'float', 'seconds to wait for workers at the end'],
    ];

    /** Options of symfony/console's, which it takes before the command as well as after it. */
    private const CONSOLE = ['ansi', 'no-ansi', 'quiet', 'no-interaction'];

    /**
     * @param array<string, mixed> $boot       options for FfiZts::boot()
     * @param ?string              $phpBinary  what PHP_BINARY is to be in the guest; null: the extension's choice
     * @param bool                 $reexecuted this process was started by HostProcess::reexecute()
     * @param list<string>         $rest       the command and its arguments
     * @param list<string>         $console    options of symfony/console's
     */
    private function __construct(
        public readonly array $boot,
        public readonly ?string $phpBinary,
        public readonly bool $help,
        public readonly bool $version,
        public readonly bool $reexecuted,
        public readonly array $rest,
        public readonly array $console = [],
    ) {
    }

    /**
     * @param list<string> $arguments without the command's own name
     *
     * @throws UsageError for an unknown option, or a value that is missing or of the wrong type
     */
    public static function parse(array $arguments): self
    {
        $boot = [];
        $flags = ['help' => false, 'version' => false, HostProcess::MARK => false];
        $phpBinary = null;
        $console = [];
        while ($arguments !== [] && str_starts_with($arguments[0], '-')) {
            [$name, $value] = self::split(array_shift($arguments));
            if (isset($flags[$name])) {
                $flags[$name] = true;
                continue;
            }
            if (in_array($name, self::CONSOLE, true)) {
                $console[] = "--$name";
                continue;
            }
            if ($name !== 'php-binary' && !isset(self::OPTIONS[$name])) {
                throw new UsageError("unknown option --$name");
            }
            $value ??= array_shift($arguments) ?? throw new UsageError("option --$name needs a value");
            if ($name === 'php-binary') {
                $phpBinary = $value;
            } else {
                self::enter($boot, $name, $value);
            }
        }
        return new self($boot, $phpBinary, $flags['help'], $flags['version'], $flags[HostProcess::MARK], $arguments, $console);
    }

    /** The options as lines of help. */
    public static function describe(): string
    {
        $text = '';
        foreach (self::OPTIONS as $name => [, , $meaning]) {
            $text .= sprintf("  --%-20s %s\n", "$name=", $meaning);
        }
        $text .= sprintf("  --%-20s %s\n", 'php-binary=', 'what PHP_BINARY is in the guest (`run` only)');
        return $text . sprintf("  --%-20s %s\n", 'help, --version', 'this text; the version of the extension');
    }

    /** @return array{string, ?string} name and value of `--name=value`, `--name`, `-h` or `-V` */
    private static function split(string $argument): array
    {
        if (!str_starts_with($argument, '--')) {
            return match ($argument) {
                '-h' => ['help', null],
                '-V' => ['version', null],
                default => throw new UsageError("unknown option $argument; php's own options follow `run` or `php`"),
            };
        }
        $parts = explode('=', substr($argument, 2), 2);
        return [$parts[0], $parts[1] ?? null];
    }

    /** @param array<string, mixed> $boot */
    private static function enter(array &$boot, string $name, string $value): void
    {
        [$option, $type] = self::OPTIONS[$name];
        switch ($type) {
            case 'list':
                $boot[$option][] = $value;
                break;
            case 'pair':
                [$key, $setting] = explode('=', $value, 2) + [1 => '1'];
                $boot[$option][$key] = $setting;
                break;
            case 'int':
                $boot[$option] = filter_var($value, FILTER_VALIDATE_INT, FILTER_NULL_ON_FAILURE)
                    ?? throw new UsageError("option --$name takes a whole number, not '$value'");
                break;
            case 'float':
                if (!is_numeric($value)) {
                    throw new UsageError("option --$name takes a number of seconds, not '$value'");
                }
                $boot[$option] = (float) $value;
                break;
            default:
                $boot[$option] = $value;
        }
    }
}
