<?php

declare(strict_types=1);

/**
 * Random restrictions of a host, and random options of its scripts: nothing that the host refuses may work in a guest.
 * scripts/fuzz-policy.sh --help says how it is called; here as `fuzz.php WORK SEED SECONDS JOBS [CASE]`, and for each job `fuzz.php --work …`.
 */

require __DIR__ . '/cases.php';
require __DIR__ . '/judge.php';

/** Most a case may take on an idle machine, in seconds. */
const LIMIT = 60;
/** Share of boots with options that must be accepted: what refuses everything has nothing to show. */
const ACCEPTED = 0.4;

final class Fuzz
{
    private Cases $cases;
    private Judge $judge;

    public function __construct(private readonly string $root, private readonly int $seed)
    {
        $ffi = str_contains((string) shell_exec(escapeshellarg(PHP_BINARY) . ' -n -d extension=ffi -m 2>/dev/null'), 'FFI');
        $this->cases = new Cases($root, $seed, $ffi);
        $this->judge = new Judge($root);
    }

    /** Cases $first, $first + $by, … until the time is over; a line for each finding, and one of counts at the end. */
    public function work(int $first, int $by, float $end): void
    {
        for ($number = $first; microtime(true) < $end; $number += $by) {
            $told = $this->one($number);
            foreach (array_unique($told) as $line) {
                echo 'F ', $number, ' ', $line, "\n";
            }
        }
        echo 'C ', json_encode($this->judge->count), "\n", 'R ', json_encode($this->judge->reasons, JSON_INVALID_UTF8_SUBSTITUTE), "\n";
    }

    /** @return list<string> what is wrong with a case */
    public function one(int $number, bool $show = false): array
    {
        $case = $this->cases->make($number);
        $show && print(json_encode($case, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE | JSON_PARTIAL_OUTPUT_ON_ERROR) . "\n");
        $this->judge->count['processes']++;
        $this->judge->loose = [];
        $broken = [];
        foreach ($case['web'] ? $this->pages($case) : $this->command($case) as $at => $answer) {
            if (is_string($answer)) {
                $broken[] = "BROKEN step $at: $answer";
                continue;
            }
            $show && print(json_encode($answer, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE) . "\n");
            $this->judge->step($case, $case['steps'][$at], $answer);
        }
        return [...$broken, ...array_map(static fn (string $line) => "LOOSE $line", $this->judge->loose)];
    }

    /** @return list<array<string, mixed>|string> the answer of the only step, or what came instead */
    private function command(array $case): array
    {
        $step = $case['steps'][0];
        $parts = '';
        foreach (['probe', 'fill', 'host'] as $name) {
            $parts .= "\$$name = " . substr(strstr((string) file_get_contents(__DIR__ . "/parts/$name.php"), 'return static'), 7) . "\n";
        }
        if (isset($step['run'])) {
            $plan = base64_encode(serialize($step['run']['plan']));
            $step['run']['spec']['script'] = $parts . '$answer = $probe(unserialize(base64_decode("' . $plan . '"))); echo "\n@@ran@@", base64_encode(serialize($answer)), "@@@\n";';
        }
        $code = $parts . '$answer = $host(unserialize(base64_decode($argv[1])), $probe, $fill); echo "\n@@@", base64_encode(serialize($answer)), "@@@\n";';
        $run = $this->start([...$this->host($case), '-r', $code, '--', base64_encode(serialize($step))]);
        $limit = LIMIT * max(1.0, sys_getloadavg()[0]);
        $ended = $run($limit);
        return [$this->answer($ended['out'], "status {$ended['status']}, $ended[err]")];
    }

    /** @return list<array<string, mixed>|string> the answers of the pages */
    private function pages(array $case): array
    {
        $answers = [];
        $log = "$this->root/log-" . getmypid();
        file_put_contents($log, '');
        $process = proc_open([...$this->host($case), '-S', '127.0.0.1:0', "$this->root/lib/page.php"], [['file', '/dev/null', 'r'], ['file', $log, 'a'], ['file', $log, 'a']], $pipes, $this->root, $this->environment());
        $end = microtime(true) + LIMIT * max(1.0, sys_getloadavg()[0]);
        while (!preg_match('~\((http://[^)]+)\) started~', (string) file_get_contents($log), $found) && microtime(true) < $end && proc_get_status($process)['running']) {
            usleep(2000);
        }
        foreach ($found ? $case['steps'] : [] as $step) {
            $context = stream_context_create(['http' => ['method' => 'POST', 'header' => 'Content-Type: application/octet-stream', 'content' => serialize($step), 'timeout' => $end - microtime(true), 'ignore_errors' => true]]);
            $answers[] = $this->answer((string) @file_get_contents($found[1] . '/', false, $context), (string) file_get_contents($log));
        }
        proc_terminate($process, 9);
        proc_close($process);
        return $found ? $answers : ['the server did not start: ' . file_get_contents($log)];
    }

    /** @return array<string, mixed>|string */
    private function answer(string $out, string $more): array|string
    {
        if (!preg_match('/^@@@(.*)@@@$/m', $out, $found)) {
            return substr((string) preg_replace('/\s+/', ' ', "no answer: $more $out"), 0, 600);
        }
        $answer = unserialize(base64_decode($found[1]));
        if (preg_match('/^@@ran@@(.*)@@@$/m', $out, $found)) {
            $answer['ran'] = unserialize(base64_decode($found[1]));
        }
        return $answer;
    }

    /** The command line of a host with the restrictions of the case. */
    private function host(array $case): array
    {
        $set = $case['host'] + $case['admin']['set'];
        $command = [PHP_BINARY, '-d', 'extension=' . getenv('FFI_ZTS_TEST_SO')];
        getenv('FFI_ZTS_TEST_RUNTIME') && array_push($command, '-d', 'ffi_zts.runtime=' . getenv('FFI_ZTS_TEST_RUNTIME'));
        if ($case['file']) {
            $file = "$this->root/host-" . getmypid() . '.ini';
            file_put_contents($file, implode('', array_map($this->line(...), array_keys($set), $set)));
            return [...$command, '-c', $file];
        }
        $command[] = '-n';
        foreach ($set as $name => $value) {
            array_push($command, '-d', rtrim($this->line($name, $value)));
        }
        return $command;
    }

    /** Between single quotes all but these stands for itself; adjacent parts are one value. */
    private function line(string $name, string $value): string
    {
        return "$name='" . str_replace("'", "'\"'\"'", $value) . "'\n";
    }

    private function environment(): array
    {
        return ['PHP_INI_SCAN_DIR' => "$this->root/none", 'XDG_CACHE_HOME' => "$this->root/cache", 'TMPDIR' => "$this->root/tmp"] + getenv();
    }

    /** Starts a process; the function that is returned waits for its end. */
    private function start(array $command): Closure
    {
        $err = "$this->root/err-" . getmypid();
        $process = proc_open($command, [['file', '/dev/null', 'r'], ['pipe', 'w'], ['file', $err, 'w']], $pipes, $this->root, $this->environment());
        return static function (float $limit) use ($process, $pipes, $err): array {
            $end = microtime(true) + $limit;
            $out = '';
            while (!feof($pipes[1]) && ($left = $end - microtime(true)) > 0) {
                [$ready, $none, $nobody] = [[$pipes[1]], null, null];
                stream_select($ready, $none, $nobody, (int) ceil($left)) && $out .= fread($pipes[1], 1 << 20);
            }
            $late = microtime(true) >= $end;
            $late && proc_terminate($process, 9);
            fclose($pipes[1]);
            while (($now = proc_get_status($process))['running']) {
                usleep(500);
            }
            proc_close($process);
            $status = $late ? 'none in time' : ($now['signaled'] ? "signal $now[termsig]" : (string) $now['exitcode']);
            return ['out' => $status === '0' ? $out : '', 'status' => $status, 'err' => substr((string) file_get_contents($err), -300) . ($status === '0' ? '' : substr($out, -200))];
        };
    }
}

/** The files that all cases share. */
function tree(string $root): void
{
    foreach (['a/sub', 'b', 'ab', 'lib', 'ini', 'evil', 'scan', 'none', 'tmp', 'cache'] as $directory) {
        is_dir("$root/$directory") || mkdir("$root/$directory", 0700, true);
    }
    foreach (['a', 'a/sub', 'b', 'ab', '.'] as $directory) {
        file_put_contents("$root/$directory/canary.php", "<?php \$GLOBALS['ran'][] = '$directory'; return 'CANARY';");
    }
    copy("$root/a/canary.php", "$root/a/file.php");
    is_link("$root/a/link") || symlink('../b', "$root/a/link");
    foreach (['set', 'boot', 'given'] as $name) {
        file_put_contents("$root/lib/$name.php", "<?php \$GLOBALS['ran'][] = '$name';");
    }
    foreach (['scan/evil.ini', 'scan/php.ini'] as $file) {
        file_put_contents("$root/$file", "open_basedir=\nmemory_limit=-1\nallow_url_include=1\nallow_url_fopen=1\nffi.enable=1\nauto_prepend_file=$root/b/canary.php\n");
    }
    foreach (glob(__DIR__ . '/parts/*.php') as $file) {
        copy($file, "$root/lib/" . basename($file));
    }
    // opcache keeps no file that is newer than a few seconds.
    foreach ([...glob("$root/*.php"), ...glob("$root/*/*.php"), ...glob("$root/*/*/*.php")] as $file) {
        touch($file, time() - 60);
    }
}

/** Runs the workers, and says what they found. */
function all(string $root, int $seed, float $seconds, int $jobs): int
{
    $workers = $pipes = $total = $reasons = [];
    $end = microtime(true) + $seconds;
    for ($job = 0; $job < $jobs; $job++) {
        $workers[$job] = proc_open([PHP_BINARY, '-n', __FILE__, '--work', $root, (string) $seed, (string) $job, (string) $jobs, (string) $end], [['file', '/dev/null', 'r'], ['pipe', 'w'], STDERR], $own);
        $pipes[$job] = $own[1];
    }
    $found = ['LOOSE' => [], 'BROKEN' => []];
    while ($pipes) {
        [$ready, $none, $nobody] = [$pipes, null, null];
        stream_select($ready, $none, $nobody, 600);
        foreach ($ready as $job => $pipe) {
            $line = fgets($pipe);
            if ($line === false) {
                unset($pipes[$job]);
            } elseif ($line[0] === 'F') {
                [, $number, $kind, $text] = explode(' ', rtrim($line), 4);
                $found[$kind][$number][] = $text;
                printf("FAIL case %d: %s\n     scripts/fuzz-policy.sh --seed %d --case %d\n", $number, $text, $seed, $number);
            } elseif (in_array($line[0], ['C', 'R'], true)) {
                foreach (json_decode(substr($line, 2), true) as $name => $count) {
                    $line[0] === 'C' ? $total[$name] = ($total[$name] ?? 0) + $count : $reasons[$name] = ($reasons[$name] ?? 0) + $count;
                }
            }
        }
    }
    $ended = array_filter(array_map(proc_close(...), $workers));
    arsort($reasons);
    foreach (array_slice($reasons, 0, getenv('FFI_ZTS_FUZZ_REASONS') ? 60 : 0, true) as $reason => $count) {
        printf("%6d jobs: %s\n", $count, $reason);
    }
    $share = $total['boots'] ?? 0 ? $total['accepted'] / $total['boots'] : 0.0;
    printf("seed %d: %s\n", $seed, implode(', ', array_map(static fn (string $name, int $count) => "$count $name", array_keys($total), $total)));
    $checks = [
        'nothing is looser than its host' => $found['LOOSE'] === [] ? '' : count($found['LOOSE']) . ' cases are, see above',
        'every host answers' => $found['BROKEN'] === [] && !$ended ? '' : count($found['BROKEN']) . ' do not, see above',
        sprintf('boots with options are accepted: %.1f %%', 100 * $share) => $share > ACCEPTED ? '' : 'too few to show anything',
    ];
    foreach ($checks as $name => $reason) {
        echo $reason === '' ? "ok   $name\n" : "FAIL $name: $reason\n";
    }
    $failed = count(array_filter($checks));
    printf("%d passed, %d failed\n", count($checks) - $failed, $failed);
    return (int) ($failed > 0);
}

if (!is_file((string) getenv('FFI_ZTS_TEST_SO'))) {
    exit("FFI_ZTS_TEST_SO names no ffi_zts.so\n");
}
array_shift($argv);
if ($argv[0] === '--work') {
    [, $root, $seed, $first, $by, $end] = $argv;
    (new Fuzz($root, (int) $seed))->work((int) $first, (int) $by, (float) $end);
    exit(0);
}
[$root, $seed, $seconds, $jobs] = $argv;
tree($root);
if (isset($argv[4])) {
    $told = (new Fuzz($root, (int) $seed))->one((int) $argv[4], true);
    echo implode("\n", $told), "\n", $told ? "0 passed, 1 failed\n" : "1 passed, 0 failed\n";
    exit((int) ($told !== []));
}
exit(all($root, (int) $seed, (float) $seconds, (int) $jobs));
