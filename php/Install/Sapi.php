<?php

declare(strict_types=1);

namespace FfiZts\Install;

/** A SAPI of this PHP: its program, what a fresh process of it loads, how it is restarted. */
final class Sapi
{
    /** Names that php's own program goes by. */
    private const OWN = ['cli', 'phpdbg'];

    public function __construct(public readonly string $name, private readonly string $minor)
    {
    }

    /** The program that can be asked; null for a module of a web server, or where it is not found. */
    public function program(): ?string
    {
        if (in_array($this->name, self::OWN, true)) {
            return PHP_BINARY === '' ? null : PHP_BINARY;
        }
        $names = match ($this->name) {
            'fpm' => ["php-fpm$this->minor", 'php-fpm'],
            'cgi' => ["php-cgi$this->minor", 'php-cgi'],
            default => [],
        };
        foreach ($names as $name) {
            $file = Program::find($name, dirname(PHP_BINARY), dirname(PHP_BINARY, 2) . '/sbin');
            if ($file !== null) {
                return $file;
            }
        }
        return null;
    }

    /**
     * Whether a fresh process has loaded the extension, and all that it printed.
     *
     * @param ?string $scanDir what PHP_INI_SCAN_DIR is for this SAPI; null: as it is
     *
     * @return ?array{bool, string} null where nobody can be asked
     */
    public function loads(?string $scanDir): ?array
    {
        $program = $this->program();
        if ($program === null) {
            return null;
        }
        $environment = $scanDir === null ? [] : ['PHP_INI_SCAN_DIR' => $scanDir];
        $answer = Program::run([$program, '-d', 'display_startup_errors=1', '-d', 'display_errors=1', '-m'], $environment);
        if ($answer['status'] === -1) {
            return null;
        }
        $loaded = $answer['status'] === 0 && preg_match('/^ffi_zts$/m', $answer['output']) === 1;
        $warnings = preg_match_all('/^(?:PHP )?Warning: .*$/m', $answer['output'], $found) > 0 ? implode("\n", array_unique($found[0])) : '';
        return [$loaded, $warnings !== '' || $loaded ? $warnings : trim($answer['output'])];
    }

    /** What has to be done for running processes to take the change; null: nothing, each process is a new one. */
    public function restart(): ?string
    {
        return match ($this->name) {
            'cli', 'cgi', 'phpdbg', 'embed' => null,
            'fpm' => is_dir('/run/systemd/system')
                ? "Restart FPM: sudo systemctl restart php$this->minor-fpm"
                : "Restart FPM: sudo service php$this->minor-fpm restart, or kill -USR2 its master process",
            'apache2' => 'Restart Apache: sudo systemctl restart apache2',
            default => "Restart $this->name",
        };
    }
}
