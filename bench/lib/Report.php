<?php

declare(strict_types=1);

namespace FfiZts\Bench;

/** The table on standard output, and the same as JSON. */
final class Report
{
    /** Widths: figure, ours, other, ratio, target, verdict. */
    private const WIDTHS = [50, 10, 10, 8, 9, 6];

    /** @var list<Figure> */
    private array $figures = [];
    /** @var array<string, string> */
    private array $failures = [];
    private int $disturbed = 0;
    private readonly float $start;

    public function __construct()
    {
        $this->start = microtime(true);
    }

    public function heading(Bench $bench): void
    {
        foreach ($this->machine($bench) as $name => $value) {
            printf("%-9s %s\n", $name, $value);
        }
        echo "\n", $this->line(['figure', 'ours', 'other', 'ratio', 'target', '']), "\n", str_repeat('-', array_sum(self::WIDTHS) + 10), "\n";
    }

    /** @param bool $disturbed other programs were running all the while */
    public function add(Figure $figure, bool $disturbed): void
    {
        $this->figures[] = $figure;
        $this->disturbed += (int) $disturbed;
        $cells = [$figure->name, self::value($figure->ours, $figure->unit), self::value($figure->other, $figure->unit)];
        $ratio = $figure->ratio();
        array_push($cells, $ratio === null ? '' : sprintf('%.3f ×', $ratio), $figure->targetText(), $figure->verdict());
        $against = $figure->other === null ? '' : "vs $figure->against";
        echo rtrim($this->line($cells) . ' ' . implode('; ', array_filter([$against, $figure->note, $disturbed ? 'DISTURBED' : '']))), "\n";
    }

    public function failed(string $name, string $why): void
    {
        $this->failures[$name] = $why;
        echo "$name FAILED: $why\n";
    }

    public function hasFailures(): bool
    {
        return $this->failures !== [];
    }

    public function summary(): void
    {
        $verdicts = array_count_values(array_map(fn(Figure $figure): string => $figure->verdict(), $this->figures));
        printf(
            "\n%d ok, %d missed, %d failed, %d without a target or a peer; %.0f s\n",
            $verdicts['ok'] ?? 0,
            $verdicts['MISSED'] ?? 0,
            count($this->failures),
            $verdicts[''] ?? 0,
            microtime(true) - $this->start,
        );
        if ($this->disturbed > 0) {
            echo "Other programs were running: the figures marked DISTURBED are not reliable.\n";
        }
    }

    public function write(string $file, Bench $bench): void
    {
        $rows = array_map(fn(Figure $figure): array => [
            'name' => $figure->name,
            'unit' => $figure->unit,
            'ours' => $figure->ours,
            'other' => $figure->other,
            'against' => $figure->against,
            'ratio' => $figure->ratio(),
            'target' => $figure->targetText(),
            'ok' => $figure->ok(),
            'note' => $figure->note,
            'samples' => $figure->samples,
        ], $this->figures);
        $all = ['machine' => $this->machine($bench), 'figures' => $rows, 'failures' => $this->failures];
        file_put_contents($file, json_encode($all, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR) . "\n");
    }

    /** @return array<string, string> */
    private function machine(Bench $bench): array
    {
        preg_match('/^model name\s*:\s*(.*)$/m', (string) @file_get_contents('/proc/cpuinfo'), $cpu);
        $manifest = json_decode((string) file_get_contents("$bench->runtime/runtime.json"), true);
        return [
            'machine' => sprintf('%s, %s processors, Linux %s', $cpu[1] ?? php_uname('m'), trim((string) shell_exec('nproc')), php_uname('r')),
            'host' => sprintf('PHP %s %s', PHP_VERSION, PHP_ZTS ? 'ZTS' : 'NTS'),
            'guest' => "PHP $manifest[php_version] ZTS",
            'peer' => $bench->peer === null ? Bench::NO_PEER : Bench::PEER . " in {$bench->peer->directory}",
            'parallel' => $bench->parallel === null ? Bench::NO_PARALLEL : "{$bench->parallel->version} on the guest's own php, ZTS",
            'load' => sprintf('%.2f at the start', sys_getloadavg()[0] ?? 0.0),
        ];
    }

    private static function value(?float $value, string $unit): string
    {
        if ($value === null) {
            return '';
        }
        $digits = match (true) {
            abs($value) >= 1000.0 => 0,
            abs($value) >= 100.0 => 1,
            default => 2,
        };
        return number_format($value, $digits, '.', ' ') . " $unit";
    }

    /** @param array<string> $cells */
    private function line(array $cells): string
    {
        $padded = [];
        foreach (array_values($cells) as $i => $cell) {
            // Bytes are not columns: µ, × and ≤ take several.
            $fill = str_repeat(' ', max(0, self::WIDTHS[$i] - (int) preg_match_all('/./us', $cell)));
            $padded[] = $i === 0 || $i === 5 ? $cell . $fill : $fill . $cell;
        }
        return implode('  ', $padded);
    }
}
