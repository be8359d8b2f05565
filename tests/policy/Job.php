<?php

declare(strict_types=1);

/** What a job of these tests does: it is told by an array, which every way can hand over. */
final class Job
{
    /** A way that takes the job by the environment: files that run before a task. */
    public const VARIABLE = 'POLICY_JOB';

    /**
     * @param array{arena: string, cell: string, web: string, control: bool, names: list<string>, tighten?: bool, nest?: list<string>, warm?: bool} $job
     *
     * @return array<string, string> what became of the vectors; those of a job within under `WAY > NAME`
     */
    public static function run(array $job): array
    {
        $arena = new Arena($job['arena'], $job['cell'], $job['web'], $job['control']);
        if ($job['warm'] ?? false) {
            return self::warm($arena);
        }
        if ($job['tighten'] ?? false) {
            $arena->restrict();
        }
        $outcomes = in_array('it', $job['nest'] ?? ['it'], true) ? self::allowed($arena) + Probe::run($arena, $job['names']) : [];
        foreach (array_diff($job['nest'] ?? [], ['it']) as $way) {
            $within = ['nest' => ['it'], 'tighten' => false, 'cell' => "$job[cell]-$way"] + $job;
            foreach (Ways::take($way, FfiZts::boot(), $within) as $name => $outcome) {
                $outcomes["$way > $name"] = $outcome;
            }
        }
        return $outcomes;
    }

    /** What is allowed works: else nothing that is refused would say anything. */
    private static function allowed(Arena $arena): array
    {
        $works = file_get_contents($arena->in('allowed')) === 'allowed' && (include $arena->in('allowed.php')) === 'allowed' && scandir($arena->in()) !== false
            && file_put_contents($arena->own(), 'x') === 1 && (!extension_loaded('Phar') || (include 'phar://' . $arena->in('allowed.phar') . '/inner.php') === 'allowed');
        return ['what is allowed' => $works ? 'allowed' : 'REFUSED'];
    }

    /** Has this PHP, and an opcache in it, know what will be outside. */
    private static function warm(Arena $arena): array
    {
        if ((include $arena->out('secret.php')) !== Arena::MARK || file_get_contents($arena->secret()) === false || realpath($arena->in('link')) === false) {
            throw new LogicException('it is restricted before it is');
        }
        include_once $arena->out('leak.php');
        foreach (glob($arena->out('victims/*')) ?: [] as $file) {
            include $file;
        }
        is_file($arena->in('directory/secret'));
        return [];
    }
}
