<?php

declare(strict_types=1);

namespace FfiZts\Command;

/** `ffi-zts relink`: gives an extension its dependency on the runtime's libphp, and prints what was changed. */
final class RelinkCommand implements Command
{
    /** Exit status of --check when the file is to be relinked. */
    public const EXIT_NEEDED = 1;

    /** Exit status for a file that is unsuitable for the runtime. */
    public const EXIT_UNSUITABLE = 2;

    private ?string $file = null;
    private ?string $output = null;
    private ?string $runpath = null;
    private bool $check = false;
    private bool $json = false;

    /** @param array<string, mixed> $boot options for FfiZts::boot(): they choose the runtime */
    public function __construct(private readonly array $boot)
    {
    }

    public function run(array $arguments): int
    {
        $this->parse($arguments);
        $found = \FfiZts\relink($this->file, $this->output, $this->runpath, true, $this->boot);
        if (!$found['suitable']) {
            if ($this->json) {
                echo Json::encode($found);
            }
            fwrite(STDERR, "ffi-zts: $this->file is unsuitable: " . implode('; ', $found['reasons']) . "\n");
            return self::EXIT_UNSUITABLE;
        }
        $result = $this->check ? $found : \FfiZts\relink($this->file, $this->output, $this->runpath, false, $this->boot);
        echo $this->json ? Json::encode($result) : self::text($result, $this->check);
        return $this->check && $result['changed'] ? self::EXIT_NEEDED : 0;
    }

    /**
     * What was changed, or with `$check` would be, in words.
     *
     * @param array<string, mixed> $result of FfiZts\relink()
     */
    public static function text(array $result, bool $check): string
    {
        $name = $result['module'] === null ? $result['file'] : "{$result['file']} (extension {$result['module']})";
        if (!$result['changed']) {
            $text = "$name needs no change\n";
        } else {
            $text = $name . ($check ? " is to be relinked\n" : " was relinked\n");
            $text .= match (true) {
                $result['replaced'] !== null => "  needed    {$result['added']} in place of {$result['replaced']}\n",
                $result['added'] !== null => "  needed    {$result['added']} added\n",
                default => '',
            };
            $text .= $result['runpath'] === null ? '' : "  run path  {$result['runpath']}\n";
        }
        if ($check) {
            return $text;
        }
        return $text . '  written   ' . ($result['output'] ?? 'nothing') . "\n  sha256    {$result['sha256']}\n";
    }

    /** @param list<string> $arguments */
    private function parse(array $arguments): void
    {
        while ($arguments !== []) {
            $argument = array_shift($arguments);
            [$name, $value] = explode('=', $argument, 2) + [1 => null];
            switch (true) {
                case $argument === '--check':
                    $this->check = true;
                    break;
                case $argument === '--json':
                    $this->json = true;
                    break;
                case $argument === '-o' || $name === '--output':
                    $this->output = $value ?? array_shift($arguments) ?? throw new UsageError("relink: $argument needs a file");
                    break;
                case $name === '--runpath':
                    $this->runpath = $value ?? array_shift($arguments) ?? throw new UsageError('relink: --runpath needs a directory');
                    break;
                case $argument === '--' && $arguments !== []:
                    $this->take(array_shift($arguments));
                    break;
                case str_starts_with($argument, '-'):
                    throw new UsageError("relink takes no '$argument'");
                default:
                    $this->take($argument);
            }
        }
        if ($this->file === null) {
            throw new UsageError('relink needs the file of an extension');
        }
        if ($this->check && $this->output !== null) {
            throw new UsageError('relink: --check writes nothing, so that -o makes no sense with it');
        }
    }

    private function take(string $file): void
    {
        if ($this->file !== null) {
            throw new UsageError("relink takes one file, not '$file' as well");
        }
        $this->file = $file;
    }
}
