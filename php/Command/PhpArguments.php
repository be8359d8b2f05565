<?php

declare(strict_types=1);

namespace FfiZts\Command;

/**
 * What a command line of php-cli asks for (php-src sapi/cli/php_cli.c, main and do_cli).
 *
 * Not to be had in a guest: -a (no readline), -S and -t (no server of its own), -B -R -F -E and --repeat.
 */
final class PhpArguments
{
    public const FILE = 'file';
    public const CODE = 'code';
    public const STDIN = 'stdin';
    public const LINT = 'lint';
    /** Nothing is to be run: `$message` goes to standard output, `$error` to standard error, `$status` is the exit status. */
    public const STOP = 'stop';

    /** The name that php-cli gives a script without a file, as argv[0] as well. */
    public const NO_FILE = 'Standard input code';

    private const UNAVAILABLE = ['S' => '-S', 't' => '-t', 'B' => '-B', 'R' => '-R', 'F' => '-F', 'E' => '-E',
        'repeat' => '--repeat'];
    private const CONFLICT = "Either execute direct code, process stdin or use a file.\n";

    public const USAGE = <<<'TEXT'
        Usage: ffi-zts run [options] [-f] <file> [--] [args...]
           ffi-zts run [options] -r <code> [--] [args...]
           ffi-zts run [options] -- [args...]

          -c <path>|<file> Look for php.ini file in this directory
          -n               No configuration (ini) files will be used
          -d foo[=bar]     Define INI entry foo with value 'bar'
          -f <file>        Parse and execute <file>.
          -h               This help
          -i               PHP information
          -l               Syntax check only (lint)
          -m               Show compiled in modules
          -r <code>        Run PHP <code> without using script tags <?..?>
          -s               Output HTML syntax highlighted source.
          -v               Version number
          -w               Output source with stripped comments and whitespace.
          -z <file>        Load Zend extension <file>.

          args...          Arguments passed to script. Use -- args when first argument
                           starts with - or script is read from stdin

          --ini            Show configuration file names

          --rf <name>      Show information about function <name>.
          --rc <name>      Show information about class <name>.
          --re <name>      Show information about extension <name>.
          --rz <name>      Show information about Zend extension <name>.
          --ri <name>      Show configuration for extension <name>.


        TEXT;

    public string $mode = self::STDIN;
    /** A file's name as given, or code, or '' where the script comes from standard input. */
    public string $script = '';
    /** @var list<string> */
    public array $argv = [];
    public string $iniText = '';
    public ?string $iniPath = null;
    public bool $noIni = false;
    public string $message = '';
    public string $error = '';
    public int $status = 0;

    private ?string $file = null;
    private ?string $code = null;
    /** Standard, or one of r, l, s, w, rf, rc, re, rz, ri, ini: what is to be done with the file. */
    private string $behavior = '';
    private string $subject = '';

    private function __construct()
    {
    }

    /** @param list<string> $arguments without the program's name */
    public static function parse(array $arguments): self
    {
        $self = new self();
        $ini = new IniText();
        $getopt = new Getopt($arguments);
        while (($next = $getopt->next()) !== null) {
            [$option, $value] = $next;
            if ($option === 'v' || $option === 'm' || $option === 'i') {
                $self->guestCode(GuestCode::for($option, ''));
                break;
            }
            $stop = $option === Getopt::INVALID
                ? [self::USAGE, $getopt->problem . "\n", 1]
                : $self->option($option, (string) $value, $ini);
            if ($stop !== null) {
                [$self->message, $self->error, $self->status] = $stop;
                $self->mode = self::STOP;
                return $self;
            }
        }
        $self->iniText = (string) $ini;
        if ($self->mode !== self::CODE) {
            $self->script($arguments, $getopt->index);
        }
        return $self;
    }

    /** @return ?array{string, string, int} message, error and status, when nothing is to be run */
    private function option(string $option, string $value, IniText $ini): ?array
    {
        if (isset(self::UNAVAILABLE[$option])) {
            return ['', 'ffi-zts run: ' . self::UNAVAILABLE[$option] . " is not available in a guest\n", 1];
        }
        switch ($option) {
            case 'a':
                // A guest has no readline: it would take over the host's terminal.
                return ["Interactive shell (-a) requires the readline extension.\n", '', 1];
            case 'h':
                return [self::USAGE, '', 0];
            case 'c':
                $this->iniPath = $value;
                break;
            case 'n':
                $this->noIni = true;
                break;
            case 'd':
                $ini->define($value);
                break;
            case 'z':
                $ini->define("zend_extension=$value");
                break;
            case 'f':
                return $this->file($value);
            case 'r':
                return $this->code($value);
            case 'l':
                $this->behavior = $this->behavior === '' ? 'l' : $this->behavior;
                break;
            case 's':
            case 'w':
                if ($this->behavior === 'r') {
                    $what = $option === 's' ? 'highlighting' : 'stripping';
                    return ["Source $what only works for files.\n", '', 1];
                }
                $this->behavior = $option;
                break;
            case 'rf':
            case 'rc':
            case 're':
            case 'rz':
            case 'ri':
            case 'ini':
                $this->behavior = $option;
                $this->subject = $value;
                break;
            default:
                // -C, -e, -H and -q change nothing that a script sees.
        }
        return null;
    }

    /** @return ?array{string, string, int} */
    private function file(string $value): ?array
    {
        if ($this->behavior === 'r') {
            return [self::CONFLICT, '', 1];
        }
        if ($this->file !== null) {
            return ["You can use -f only once.\n", '', 1];
        }
        $this->file = $value;
        return null;
    }

    /** @return ?array{string, string, int} */
    private function code(string $value): ?array
    {
        if ($this->behavior === 'r') {
            return ["You can use -r only once.\n", '', 1];
        }
        if ($this->behavior !== '') {
            return [self::CONFLICT, '', 1];
        }
        $this->behavior = 'r';
        $this->code = $value;
        return null;
    }

    /**
     * Finds the script among what follows the options.
     *
     * @param list<string> $arguments
     */
    private function script(array $arguments, int $index): void
    {
        $afterDashes = $index > 0 && $arguments[$index - 1] === '--';
        if ($this->file === null && $this->behavior !== 'r' && isset($arguments[$index]) && !$afterDashes) {
            $this->file = $arguments[$index++];
        }
        if ($this->file !== null && !self::opens($this->file)) {
            // The guest says so, where its minor says it. Nothing is executed if the file comes to be after all.
            $this->mode = $this->behavior === '' || $this->file === '' ? self::FILE : self::LINT;
            $this->script = $this->file;
            $this->argv = [$this->file];
            return;
        }
        $this->argv = [$this->file ?? self::NO_FILE, ...array_slice($arguments, $index)];
        [$this->mode, $this->script] = match (true) {
            $this->behavior === 'r' => [self::CODE, (string) $this->code],
            $this->behavior === 'l' => [self::LINT, (string) $this->file],
            $this->behavior !== '' => [self::CODE, GuestCode::for($this->behavior, match ($this->behavior) {
                's', 'w' => $this->file ?? 'php://stdin',
                default => $this->subject,
            })],
            $this->file !== null => [self::FILE, $this->file],
            default => [self::STDIN, ''],
        };
    }

    private function guestCode(string $code): void
    {
        $this->mode = self::CODE;
        $this->script = $code;
        $this->argv = [self::NO_FILE];
    }

    /** Whether open(2) would succeed. The file is not opened: it may be a pipe, and wait for one reader only. */
    private static function opens(string $file): bool
    {
        // To the CLI this is a path whatever it looks like; to PHP's functions "phar://a" would be a URL.
        return $file !== '' && is_readable(str_starts_with($file, '/') ? $file : "./$file");
    }
}
