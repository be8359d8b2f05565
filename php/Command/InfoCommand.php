<?php

declare(strict_types=1);

namespace FfiZts\Command;

/** `ffi-zts info`: starts the guest and prints what Vm::info() says. */
final class InfoCommand implements Command
{
    /** @param array<string, mixed> $boot options for FfiZts::boot() */
    public function __construct(private readonly array $boot)
    {
    }

    public static function definition(): Definition
    {
        return new Definition(
            'info',
            'Starts the guest and tells what it is',
            <<<'TEXT'
                Prints what FfiZts\Vm::info() returns: versions, files, extensions, settings, ceilings. --json is for programs.

                    vendor/bin/ffi-zts info
                    vendor/bin/ffi-zts --runtime=DIR --extension=opcache info --json
                TEXT,
            [],
            [new Option('json', 'As JSON')],
            Need::Extension,
        );
    }

    public function run(Input $input, Output $output): int
    {
        $vm = \FfiZts::boot($this->boot);
        // The first job starts the guest; this one does nothing else.
        $vm->runScript('/dev/null');
        $info = $vm->info();
        $output->write($input->has('json') ? Json::encode($info) : self::text($info));
        return 0;
    }

    /**
     * One line for each value; what is nested is indented by two spaces more.
     *
     * @param array<int|string, mixed> $values
     */
    public static function text(array $values, string $indent = ''): string
    {
        $text = '';
        foreach ($values as $key => $value) {
            if (is_array($value) && $value !== [] && !self::isPlainList($value)) {
                $text .= "$indent$key:\n" . self::text($value, "$indent  ");
            } else {
                $text .= "$indent$key: " . self::scalar($value) . "\n";
            }
        }
        return $text;
    }

    private static function scalar(mixed $value): string
    {
        return match (true) {
            $value === null => 'none',
            is_bool($value) => $value ? 'yes' : 'no',
            is_array($value) => $value === [] ? 'none' : implode(', ', array_map(self::scalar(...), $value)),
            default => (string) $value,
        };
    }

    /** @param array<int|string, mixed> $value */
    private static function isPlainList(array $value): bool
    {
        return array_is_list($value) && array_filter($value, is_array(...)) === [];
    }
}
