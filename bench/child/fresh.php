<?php

// From nothing to the result of a first task on a worker of its own, one after another: seconds. argv[1]: ours, anew (ours without
// spare workers), parallel, fork (a process, a pipe and a wait) or process (proc_open of php -n).
declare(strict_types=1);

namespace FfiZts\Bench\Child;

require __DIR__ . '/side.php';

$task = static fn(): int => 1;
$fork = static function (): void {
    $pair = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
    $child = pcntl_fork();
    if ($child === 0) {
        fwrite($pair[1], serialize(1));
        exit;
    }
    fclose($pair[1]);
    $result = unserialize((string) fread($pair[0], 100));
    pcntl_waitpid($child, $status);
    $result === 1 || throw new \RuntimeException('the child said something else');
};
$process = static function (): void {
    $process = proc_open([PHP_BINARY, '-n', '-r', 'echo serialize(1);'], [['file', '/dev/null', 'r'], ['pipe', 'w']], $pipes);
    $result = unserialize((string) stream_get_contents($pipes[1]));
    proc_close($process);
    $result === 1 || throw new \RuntimeException('the process said something else');
};
$best = match ($_SERVER['argv'][1]) {
    'fork' => best(50, $fork),
    'process' => best(10, $process),
    default => side(
        static function () use ($task): float {
            $vm = \FfiZts::boot($_SERVER['argv'][1] === 'anew' ? ['spare_workers' => 0] : []);
            $best = INF;
            for ($i = 0; $i < 50; $i++) {
                $start = hrtime(true);
                $thread = $vm->thread();
                $thread->run($task)->await();
                $best = min($best, (hrtime(true) - $start) / 1e9);
                $thread->close();
            }
            return $best;
        },
        static function () use ($task): float {
            $best = INF;
            for ($i = 0; $i < 50; $i++) {
                $start = hrtime(true);
                $runtime = new \parallel\Runtime();
                $runtime->run($task)->value();
                $best = min($best, (hrtime(true) - $start) / 1e9);
                $runtime->close();
            }
            return $best;
        },
    ),
};
report(['first' => $best]);
