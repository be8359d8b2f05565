<?php

declare(strict_types=1);

namespace FfiZts\Bench;

/** What other programs, and other guests of the machine, take of the processors while something is measured. */
final class Meter
{
    /** Seconds of a unit of /proc/stat. */
    private const TICK = 0.01;

    private readonly float $start;
    private readonly float $busy;
    private readonly float $own;

    public function __construct()
    {
        $this->start = microtime(true);
        $this->busy = self::busy();
        $this->own = self::own();
    }

    public function seconds(): float
    {
        return microtime(true) - $this->start;
    }

    /** Processors that were busy with something else, on the average since the start. */
    public function others(): float
    {
        return max(0.0, self::busy() - $this->busy - (self::own() - $this->own)) / max($this->seconds(), self::TICK);
    }

    /** Seconds that all processors were not idle, or were taken away by the hypervisor. */
    private static function busy(): float
    {
        $fields = preg_split('/\s+/', strtok((string) file_get_contents('/proc/stat'), "\n") ?: '') ?: [];
        // cpu user nice system idle iowait irq softirq steal
        return ((int) $fields[1] + (int) $fields[2] + (int) $fields[3] + (int) $fields[6] + (int) $fields[7] + (int) $fields[8]) * self::TICK;
    }

    /** Seconds on a processor of this process and of those that it has waited for. */
    private static function own(): float
    {
        $seconds = 0.0;
        foreach ([getrusage(), getrusage(1)] as $used) {
            $seconds += $used['ru_utime.tv_sec'] + $used['ru_stime.tv_sec'] + ($used['ru_utime.tv_usec'] + $used['ru_stime.tv_usec']) / 1e6;
        }
        return $seconds;
    }
}
