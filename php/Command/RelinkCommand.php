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

    /** @param array<string, mixed> $boot options for FfiZts::boot(): they choose the runtime */
    public function __construct(private readonly array $boot)
    {
    }

    public static function definition(): Definition
    {
        return new Definition(
            'relink',
            "Gives an extension its dependency on the runtime's libphp",
            <<<'TEXT'
                For an extension that was built for a thread-safe PHP, so that it binds to the guest and not to the host. A
                boot does that by itself, in memory; the command is for whoever ships the result. A file is replaced
                whole or not at all. The exit status is 2 for a file that is unsuitable, and 1 where --check finds
                something to do.

                    vendor/bin/ffi-zts relink parallel.so -o relinked/parallel.so
                    vendor/bin/ffi-zts relink --check apcu.so
                TEXT,
            [new Argument('file', 'The extension')],
            [
                new Option('output', 'Where the result goes; the file itself is replaced otherwise', 'FILE', 'o'),
                new Option('runpath', 'A run path for the result', 'DIR'),
                new Option('check', 'Change nothing, and tell by the exit status whether there is something to do'),
                new Option('json', 'As JSON'),
            ],
            Need::Extension,
        );
    }

    public function run(Input $input, Output $output): int
    {
        $file = (string) $input->argument('file');
        [$target, $runpath, $check] = [$input->value('output'), $input->value('runpath'), $input->has('check')];
        if ($check && $target !== null) {
            throw new UsageError('relink: --check writes nothing, so that -o makes no sense with it');
        }
        $found = \FfiZts\relink($file, $target, $runpath, true, $this->boot);
        if (!$found['suitable']) {
            if ($input->has('json')) {
                $output->write(Json::encode($found));
            }
            $output->error("ffi-zts: $file is unsuitable: " . implode('; ', $found['reasons']) . "\n");
            return self::EXIT_UNSUITABLE;
        }
        $result = $check ? $found : \FfiZts\relink($file, $target, $runpath, false, $this->boot);
        $output->write($input->has('json') ? Json::encode($result) : self::text($result, $check));
        return $check && $result['changed'] ? self::EXIT_NEEDED : 0;
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
}
