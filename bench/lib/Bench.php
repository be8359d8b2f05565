<?php

declare(strict_types=1);

namespace FfiZts\Bench;

/** What the files of bench/figures measure with. */
final class Bench
{
    /** Seconds that the repetitions of one measurement may take; there are about a dozen measurements. */
    private const SHARE = 12.0;
    /** Seconds: a shorter time says nothing about what others did in it. */
    private const BLOCK = 0.3;
    /** Processors that other programs may use while something is measured. */
    private const QUIET = 0.15;
    public const PEER = 'sj-i/ffi-zts';
    public const PARALLEL = 'pecl/parallel';
    public const NO_PARALLEL = 'pecl/parallel not given (FFI_ZTS_PARALLEL)';
    public const NO_PEER = 'peer not given (git clone https://github.com/sj-i/ffi-zts)';

    /** Whether other programs disturbed every round of the last measurement. */
    public bool $disturbed = false;

    public function __construct(
        public readonly Child $child,
        public readonly ?Peer $peer,
        public readonly ?Parallel $parallel,
        public readonly string $runtime,
    ) {
    }

    /**
     * Calls each of `$what` in turn, for `$rounds` rounds in which other programs were quiet, or for as long as there is time;
     * only where there was no quiet round the others count.
     *
     * @param array<string, callable(): array<string, float>> $what each reports what it measured
     *
     * @return array<string, array<string, list<float>>> by what was measured, then by the key in `$what`
     */
    public function alternate(int $rounds, array $what): array
    {
        $quiet = $disturbed = [];
        $good = 0;
        $end = microtime(true) + self::SHARE;
        do {
            $block = [];
            $count = $good;
            $meter = new Meter();
            do {
                foreach ($what as $who => $measure) {
                    $block[] = [$who, $measure()];
                }
                $count++;
            } while ($count < $rounds && $meter->seconds() < self::BLOCK);
            if ($meter->others() <= self::QUIET) {
                array_push($quiet, ...$block);
                $good = $count;
            } else {
                array_push($disturbed, ...$block);
            }
        } while ($good < $rounds && microtime(true) < $end);
        $this->disturbed = $quiet === [];
        $samples = [];
        foreach ($this->disturbed ? $disturbed : $quiet as [$who, $values]) {
            foreach ($values as $key => $value) {
                $samples[$key][$who][] = (float) $value;
            }
        }
        return $samples;
    }

    /**
     * The same for a script of bench/child that takes an engine's name first: ours, and the peer's if there is one.
     *
     * @return array<string, array<string, list<float>>> by what was reported, then 'ours' and 'peer'
     */
    public function againstPeer(int $rounds, string $child): array
    {
        $what = ['ours' => fn(): array => $this->child->run($child, $this->child->ours(), ['ours', '', ''])];
        $peer = $this->peer;
        if ($peer !== null) {
            $what['peer'] = fn(): array => $this->child->run($child, $peer->php(), ['peer', $peer->directory, $peer->libphp]);
        }
        return $this->alternate($rounds, $what);
    }

    /**
     * The same for a script of bench/child that takes a side first: ours, and parallel on the runtime's own php if there is one.
     *
     * @param list<string|int>                               $arguments more of them
     * @param array<string, callable(): array<string, float>> $more      what else runs in turn
     *
     * @return array<string, array<string, list<float>>> by what was reported, then 'ours', 'parallel' and the keys of `$more`
     */
    public function againstParallel(int $rounds, string $child, array $arguments = [], array $more = []): array
    {
        $what = ['ours' => fn(): array => $this->child->run($child, $this->child->ours(), ['ours', ...$arguments])];
        $parallel = $this->parallel;
        if ($parallel !== null) {
            $what['parallel'] = fn(): array => $this->child->run($child, $parallel->arguments(), ['parallel', ...$arguments], binary: $parallel->php);
        }
        return $this->alternate($rounds, $what + $more);
    }

    /**
     * The best of ours beside the best of parallel.
     *
     * @param array<string, list<float>>               $samples seconds
     * @param ?array{'<='|'>=', float, 'ratio'|'ours'} $target
     */
    public function parallelFigure(string $name, string $unit, array $samples, ?array $target, string $note = ''): Figure
    {
        $scaled = self::in($unit, $samples);
        $other = isset($scaled['parallel']) ? min($scaled['parallel']) : null;
        $notes = implode('; ', array_filter([$note, $other === null ? self::NO_PARALLEL : '']));
        return new Figure($name, $unit, min($scaled['ours']), $other, self::PARALLEL, $target, $notes, samples: $scaled);
    }

    /**
     * The best of ours beside the best of the peer.
     *
     * @param array<string, list<float>>               $samples seconds
     * @param ?array{'<='|'>=', float, 'ratio'|'ours'} $target
     */
    public function peerFigure(string $name, string $unit, array $samples, ?array $target, string $note = ''): Figure
    {
        $scaled = self::in($unit, $samples);
        return new Figure(
            $name,
            $unit,
            min($scaled['ours']),
            isset($scaled['peer']) ? min($scaled['peer']) : null,
            self::PEER,
            $target,
            isset($scaled['peer']) ? $note : self::NO_PEER,
            samples: $scaled,
        );
    }

    /**
     * @param array<string, list<float>> $samples seconds
     *
     * @return array<string, list<float>>
     */
    public static function in(string $unit, array $samples): array
    {
        $factor = ['s' => 1.0, 'ms' => 1e3, 'µs' => 1e6, 'ns' => 1e9][$unit];
        return array_map(fn(array $values): array => array_map(fn(float $value): float => $value * $factor, $values), $samples);
    }

    /** @param list<float> $values */
    public static function median(array $values): float
    {
        sort($values);
        return $values[intdiv(count($values), 2)];
    }
}
