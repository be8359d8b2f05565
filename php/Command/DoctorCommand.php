<?php

declare(strict_types=1);

namespace FfiZts\Command;

use FfiZts\Doctor\Checks;
use FfiZts\Doctor\Facts;
use FfiZts\Doctor\Problem;
use FfiZts\Doctor\Severity;
use FfiZts\Doctor\Survey;

/** `ffi-zts doctor`: what is well, and for each problem the command that mends it. The boot is tried in a child process. */
final class DoctorCommand implements Command
{
    /**
     * @param string               $package directory of the package
     * @param string               $command how this command is started, in a shell
     * @param array<string, mixed> $boot    options for FfiZts::boot()
     * @param bool                 $loaded  the extension is in this process, and not by this command
     */
    public function __construct(
        private readonly string $package,
        private readonly string $command,
        private readonly array $boot,
        private readonly bool $loaded,
    ) {
    }

    public static function definition(): Definition
    {
        return new Definition(
            'doctor',
            'Looks for what is not well, and tells the command that mends it',
            <<<'TEXT'
                Looks at this PHP, its ini files, the bundle, the files of the runtime and who may change them, FPMs that
                run, and starts a guest in a child process. Nothing is changed. Each problem has a remedy, a command to be
                followed literally. The exit status is 1 when there is a problem; a note is no problem.

                    vendor/bin/ffi-zts doctor
                    vendor/bin/ffi-zts doctor --json
                TEXT,
            [],
            [new Option('json', 'As JSON: healthy, problems (id, severity, message, remedy) and checks')],
            Need::IfThere,
        );
    }

    public function run(Input $input, Output $output): int
    {
        $facts = (new Survey($this->package, $this->command, $this->boot, $this->loaded))->facts();
        $problems = Checks::problems($facts);
        $output->write($input->has('json') ? Json::encode(self::data($facts, $problems)) : self::text($facts, $problems, $output));
        return self::healthy($problems) ? 0 : 1;
    }

    /**
     * @param list<Problem> $problems
     *
     * @return array{healthy: bool, problems: list<array<string, string>>, checks: list<array<string, string>>}
     */
    public static function data(Facts $facts, array $problems): array
    {
        return [
            'healthy' => self::healthy($problems),
            'problems' => array_map(static fn (Problem $problem): array => [
                'id' => $problem->id,
                'severity' => $problem->severity->value,
                'message' => $problem->message,
                'remedy' => $problem->remedy,
            ], $problems),
            'checks' => self::checks($facts),
        ];
    }

    /** @param list<Problem> $problems */
    public static function text(Facts $facts, array $problems, Output $output): string
    {
        $text = '';
        foreach (self::checks($facts) as ['check' => $check, 'detail' => $detail]) {
            $text .= $output->paint('ok  ', Mood::Good) . sprintf("  %-16s  %s\n", $check, $detail);
        }
        foreach ($problems as $problem) {
            $note = $problem->severity === Severity::Note;
            $text .= $note ? $output->paint('note', Mood::Note) : $output->paint('BAD ', Mood::Bad);
            $text .= sprintf("  %-16s  %s\n", $problem->id, $problem->message);
            $text .= "        -> $problem->remedy\n";
        }
        $bad = count(array_filter($problems, static fn (Problem $problem): bool => $problem->severity === Severity::Problem));
        return $text . match ($bad) {
            0 => "All is well.\n",
            1 => "There is a problem.\n",
            default => "There are $bad problems.\n",
        };
    }

    /** @param list<Problem> $problems */
    public static function healthy(array $problems): bool
    {
        return array_filter($problems, static fn (Problem $problem): bool => $problem->severity === Severity::Problem) === [];
    }

    /**
     * What was looked at and is well, or is so.
     *
     * @return list<array{check: string, detail: string}>
     */
    private static function checks(Facts $facts): array
    {
        $libc = $facts->libc . ($facts->libcVersion === null ? '' : " $facts->libcVersion");
        $kind = ($facts->zts ? 'ZTS' : 'NTS') . ($facts->debug ? ' debug' : '');
        $rows = [['check' => 'host', 'detail' => "$facts->php, PHP $facts->version, $kind, $facts->arch, $libc"]];
        if ($facts->extension !== null) {
            $rows[] = ['check' => 'extension', 'detail' => $facts->extension . ($facts->loadedByIni ? ', loaded by php itself' : '')];
        }
        foreach ($facts->engine as $row) {
            if ($row['ok']) {
                $rows[] = ['check' => $row['check'], 'detail' => $row['detail']];
            }
        }
        return $rows;
    }
}
