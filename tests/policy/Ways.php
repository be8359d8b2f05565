<?php

declare(strict_types=1);

/** The ways in which code gets into a guest: each takes a job there, and brings what became of it. */
final class Ways
{
    private const LOAD = __DIR__ . '/load.php';

    /** @return array<string, string> */
    public static function take(string $way, FfiZts\Vm $vm, array $job): array
    {
        return match ($way) {
            'task' => $vm->run(task('job'), [self::LOAD, $job])->await(60),
            'named' => self::thread($vm, self::LOAD, ['Job', 'run'], [$job]),
            'closures' => self::closures($vm, $job),
            'script' => $vm->runScript(__DIR__ . '/parts/script.php', [json_encode($job)])->value,
            'future' => $vm->startScript(__DIR__ . '/parts/script.php', [json_encode($job)])->await(60)->value,
            'thread' => self::thread($vm, null, task('job'), [self::LOAD, $job]),
            'pool' => self::pool($vm, task('item'), $job),
            'bootstrap' => self::told($job, static fn () => self::thread($vm, __DIR__ . '/parts/told.php', task('told'), [])),
            'prepend' => self::told($job, static fn () => $vm->runScript(__DIR__ . '/parts/report.php')->value),
            'extension', 'parallel' => $vm->run(task($way), [self::LOAD, $job])->await(60),
        };
    }

    /** Options of boot() for a way. */
    public static function options(string $way): array
    {
        return $way === 'prepend' ? ['prepend' => [__DIR__ . '/parts/told.php']] : [];
    }

    private static function thread(FfiZts\Vm $vm, ?string $bootstrap, Closure|array $task, array $arguments): array
    {
        $thread = $vm->thread($bootstrap);
        try {
            return $thread->run($task, $arguments)->await(60);
        } finally {
            $thread->close();
        }
    }

    /** The vectors in parts, on two workers. */
    private static function pool(FfiZts\Vm $vm, Closure $task, array $job): array
    {
        $parts = array_map(static fn (array $names): array => [self::LOAD, ['names' => $names] + $job], array_chunk($job['names'], 30) ?: [[]]);
        $pool = $vm->pool(2);
        try {
            return array_merge(...$pool->map($parts, $task));
        } finally {
            $pool->close();
        }
    }

    /** Each vector's closure by itself, as this PHP has compiled it. */
    private static function closures(FfiZts\Vm $vm, array $job): array
    {
        $arena = new Arena($job['arena'], $job['cell'], $job['web'], $job['control']);
        $thread = $vm->thread(self::LOAD);
        try {
            $outcomes = $thread->run(['Job', 'run'], [['names' => []] + $job])->await(60);
            foreach (isset($job['warm']) ? [] : $job['names'] as $name) {
                $outcomes[$name] = $thread->run(['Probe', 'attempt'], [$arena->of($name), Vectors::all()[$name]])->await(60);
            }
            return $outcomes;
        } finally {
            $thread->close();
        }
    }

    /** @param Closure(): array $do with the job in the environment */
    private static function told(array $job, Closure $do): array
    {
        putenv(Job::VARIABLE . '=' . json_encode($job));
        try {
            return $do();
        } finally {
            putenv(Job::VARIABLE);
        }
    }
}
