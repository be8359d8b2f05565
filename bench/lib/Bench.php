<?php

declare(strict_types=1);

namespace FfiZts\Bench;

/** What the files of bench/figures measure with. */
final class Bench
{
    /** Seconds that the repetitions of one measurement may take; there are about a dozen measurements. */
    private const SHARE = 14.0;
    public const PEER = 'sj-i/ffi-zts';
    public const NO_PEER = 'peer not given (git clone https://github.com/sj-i/ffi-zts)';

    public function __construct(public readonly Child $child, public readonly ?Peer $peer, public readonly string $runtime)
    {
    }

    /**
     * Calls each of `$what` in turn, up to `$rounds` times, so that what disturbs the machine disturbs all of them.
     *
     * @param array<string, callable(): float> $what
     *
     * @return array<string, list<float>>
     */
    public function alternate(int $rounds, array $what): array
    {
        $samples = array_fill_keys(array_keys($what), []);
        $end = microtime(true) + self::SHARE;
        for ($round = 0; $round < $rounds && ($round === 0 || microtime(true) < $end); $round++) {
            foreach ($what as $name => $measure) {
                $samples[$name][] = $measure();
            }
        }
        return $samples;
    }

    /**
     * The same for a script of bench/child that takes an engine's name first and reports seconds: ours, and the peer's if
     * there is one.
     *
     * @param list<string|int> $arguments
     *
     * @return array<string, array<string, list<float>>> by what was reported, then 'ours' and 'peer'
     */
    public function againstPeer(int $rounds, string $child, array $arguments = []): array
    {
        $reports = [];
        $note = function (string $who, array $php, array $arguments) use (&$reports, $child): float {
            foreach ($this->child->run($child, $php, $arguments) as $key => $value) {
                $reports[$key][$who][] = (float) $value;
            }
            return 0.0;
        };
        $what = ['ours' => fn(): float => $note('ours', $this->child->ours(), ['ours', '', '', ...$arguments])];
        $peer = $this->peer;
        if ($peer !== null) {
            $what['peer'] = fn(): float => $note('peer', $peer->php(), ['peer', $peer->directory, $peer->libphp, ...$arguments]);
        }
        $this->alternate($rounds, $what);
        return $reports;
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
        $factor = ['s' => 1.0, 'ms' => 1e3, 'µs' => 1e6][$unit];
        return array_map(fn(array $values): array => array_map(fn(float $value): float => $value * $factor, $values), $samples);
    }

    /** @param list<float> $values */
    public static function median(array $values): float
    {
        sort($values);
        return $values[intdiv(count($values), 2)];
    }
}
