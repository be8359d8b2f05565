<?php

/*
 * Runs php-src's own tests, or those of an extension, with the thread-safe CLI and again in the guest, and prints each test
 * whose outcome differs.
 *
 *   php scripts/conformance.php [option...] [DIRECTORY|TEST...]
 *
 *   --runtime=DIR       the runtime; build/runtime by default
 *   --source=DIR        the php-src tree; the one that built the runtime by default (runtime.json, source_dir). Or the tree
 *                       of an extension, whose tests are in its directory `tests`
 *   --runner=FILE       run-tests.php; that of the source tree, or else of the one that built the runtime, by default
 *   --setting=KEY=VALUE a php.ini setting of the CLI and of the guest; may be given again
 *   --host-setting=KEY=VALUE  a setting of the host under the guest; may be given again
 *   --extension=FILE    the host half; build/ffi_zts.so by default
 *   --host=PHP          the host's php; the one that runs this by default
 *   --cli-results=FILE  take the CLI's results from an earlier run's cli.txt
 *   --runs=N            run the guest N times, each compared
 *   --retry=N           run what differs up to N times more, alone, on both sides; what has an outcome then
 *                       that it has had under the CLI is listed apart
 *   --jobs=N            tests at once; the number of processors by default
 *   --keep=DIR          where results, logs and the differing tests' files go; build/conformance by default
 *
 * Directories and tests are relative to the source tree. The tree itself is not written to: tests put files beside
 * themselves, so they run in a copy, made anew for each run at the same path. The exit status is 1 when a test that
 * passes under the CLI does not in the guest, 2 when the comparison could not be made.
 */

declare(strict_types=1);

namespace FfiZts\Scripts;

if (realpath($_SERVER['SCRIPT_FILENAME']) === __FILE__) {
    exit(Conformance::main(array_slice($argv, 1)));
}

/** @internal */
final class Conformance
{
    private const DIRECTORIES = [
        'Zend/tests', 'tests/lang', 'tests/basic', 'tests/func', 'tests/classes', 'tests/output', 'ext/standard/tests',
    ];

    /** What a test needs beside itself, of a source tree that may hold object files as well. */
    private const PARTS = ['run-tests.php', 'Zend/tests', 'tests', 'ext', 'sapi'];

    /** Seconds of processor time for one process: a test that spins outlives the time limit of run-tests.php. */
    private const CPU_LIMIT = 1800;

    /**
     * Runs "$@" in a terminal of its own, where there is a script(1): some tests look whether they have one. The terminal
     * has no input, and what it shows goes into the log.
     */
    private const IN_TERMINAL = <<<'SH'
        if command -v script >/dev/null; then
            line=; for word; do line="$line '$(printf %s "$word" | sed "s/'/'\\\\''/g")'"; done
            exec script -qec "exec $line" "$LOG" </dev/null >/dev/null 2>&1
        fi
        exec "$@" >"$LOG" 2>&1 </dev/null
        SH;

    /** Outcomes that count as a pass: an expected failure is one as well. */
    private const PASSES = ['PASSED', 'XFAILED', 'WARNED'];

    private readonly string $work;
    private readonly string $runner;
    /** Marks the processes that a test leaves behind. */
    private readonly string $mark;

    /**
     * @param list<string> $tests        relative to the source tree
     * @param list<string> $settings     of the CLI and the guest, KEY=VALUE
     * @param list<string> $hostSettings of the host, KEY=VALUE
     */
    private function __construct(
        private readonly string $runtime,
        private readonly string $source,
        private readonly string $extension,
        private readonly string $host,
        private readonly string $keep,
        private readonly int $jobs,
        private readonly array $tests,
        ?string $runner,
        private readonly array $settings,
        private readonly array $hostSettings,
    ) {
        $this->runner = self::existing($runner ?? (is_file("$source/run-tests.php") ? $source : self::sourceOf($runtime)) . '/run-tests.php');
        $this->work = sys_get_temp_dir() . '/ffi_zts-conformance-' . getmypid();
        $this->mark = 'FFI_ZTS_CONFORMANCE=' . bin2hex(random_bytes(8));
    }

    /** @param list<string> $arguments */
    public static function main(array $arguments): int
    {
        try {
            [$options, $lists, $tests] = self::options($arguments);
            $root = dirname(__DIR__);
            $runtime = self::existing($options['runtime'] ?? "$root/build/runtime");
            $source = self::existing($options['source'] ?? self::sourceOf($runtime));
            $self = new self(
                $runtime,
                $source,
                self::existing($options['extension'] ?? "$root/build/ffi_zts.so"),
                $options['host'] ?? PHP_BINARY,
                $options['keep'] ?? "$root/build/conformance",
                self::number($options['jobs'] ?? trim((string) shell_exec('nproc'))),
                $tests ?: (is_dir("$source/Zend/tests") ? self::DIRECTORIES : ['tests']),
                $options['runner'] ?? null,
                $lists['setting'],
                $lists['host-setting'],
            );
            return $self->run(
                $options['cli-results'] ?? null,
                self::number($options['runs'] ?? '1'),
                (int) ($options['retry'] ?? 0),
            );
        } catch (\RuntimeException $error) {
            fwrite(STDERR, "conformance: {$error->getMessage()}\n");
            return 2;
        }
    }

    /**
     * @param list<string> $arguments
     *
     * @return array{array<string, string>, array<string, list<string>>, list<string>} options, those that may come again, tests
     */
    private static function options(array $arguments): array
    {
        $known = ['runtime', 'source', 'extension', 'host', 'cli-results', 'runs', 'retry', 'jobs', 'keep', 'runner'];
        $options = $tests = [];
        $lists = ['setting' => [], 'host-setting' => []];
        foreach ($arguments as $argument) {
            if (preg_match('/^--([a-z-]+)=(.*)$/Ds', $argument, $match) === 1 && in_array($match[1], $known, true)) {
                $options[$match[1]] = $match[2];
            } elseif (preg_match('/^--((?:host-)?setting)=(.+=.*)$/Ds', $argument, $match) === 1) {
                $lists[$match[1]][] = $match[2];
            } elseif (str_starts_with($argument, '-')) {
                throw new \RuntimeException("unknown option $argument");
            } else {
                $tests[] = $argument;
            }
        }
        return [$options, $lists, $tests];
    }

    private static function existing(string $path): string
    {
        return realpath($path) ?: throw new \RuntimeException("there is no $path");
    }

    private static function number(string $text): int
    {
        return max(1, (int) $text);
    }

    private static function sourceOf(string $runtime): string
    {
        $json = @file_get_contents("$runtime/runtime.json");
        $source = $json === false ? null : json_decode($json, true)['source_dir'] ?? null;
        if (!is_string($source) || !is_file("$source/run-tests.php")) {
            throw new \RuntimeException("$runtime/runtime.json names no source tree that is still there; give --source=DIR");
        }
        return $source;
    }

    private function run(?string $cliResults, int $runs, int $retries): int
    {
        is_dir($this->keep) || mkdir($this->keep, 0777, true);
        mkdir($this->work, 0700);
        try {
            $cli = $cliResults !== null
                ? self::among(self::read(self::existing($cliResults)), $this->tests)
                : $this->side('cli', $this->tests);
            $regressions = 0;
            for ($run = 1; $run <= $runs; $run++) {
                $regressions += $this->compare($cli, $runs === 1 ? 'guest' : "guest-$run", $retries);
            }
            return $regressions === 0 ? 0 : 1;
        } finally {
            self::command(['rm', '-rf', '--', $this->work]);
        }
    }

    /**
     * Runs the guest once and tells what differs.
     *
     * @param array<string, string> $cli
     *
     * @return int how many tests pass under the CLI and do not in the guest
     */
    private function compare(array $cli, string $name, int $retries): int
    {
        $guest = $this->side($name, $this->tests);
        $compared = count(array_intersect_key($cli, $guest));
        $different = self::differences($cli, $guest);
        foreach (array_keys($different) as $test) {
            $this->preserve($test, $name);
        }
        $unsteady = [];
        $seen = array_map(static fn (array $pair): array => [$pair[0]], $different);
        for ($try = 1; $try <= $retries && $different !== []; $try++) {
            $seen = array_merge_recursive($seen, $this->side("$name-retry-cli", array_keys($different)));
            $settled = self::agreeing($seen, $this->side("$name-retry", array_keys($different)));
            $unsteady += array_intersect_key($different, $settled);
            $different = array_diff_key($different, $settled);
        }
        $regressions = 0;
        foreach ($different as $test => [$before, $after]) {
            $bad = in_array($before, self::PASSES, true) && !in_array($after, self::PASSES, true);
            $regressions += (int) $bad;
            printf("%s %s: %s under the CLI, %s in the guest\n", $bad ? 'DIFFERS' : 'differs', $test, $before, $after);
        }
        foreach ($unsteady as $test => [$before, $after]) {
            printf("unsteady %s: %s under the CLI, %s in the guest, the CLI's own when run again\n", $test, $before, $after);
        }
        $tally = array_count_values($guest);
        ksort($tally);
        echo "$name: ", urldecode(http_build_query($tally, '', ', ')), "\n";
        printf("%d compared, %d differ\n", $compared, count($different));
        return $regressions;
    }

    /**
     * @param array<string, string> $cli
     * @param array<string, string> $guest
     *
     * @return array<string, array{string, string}>
     */
    public static function differences(array $cli, array $guest): array
    {
        $different = [];
        foreach ($cli + $guest as $test => $_) {
            $pair = [$cli[$test] ?? 'not run', $guest[$test] ?? 'not run'];
            if ($pair[0] !== $pair[1]) {
                $different[$test] = $pair;
            }
        }
        ksort($different);
        return $different;
    }

    /**
     * The tests whose outcome is one that the CLI has had as well: a test that varies under the CLI cannot be held to one draw.
     *
     * @param array<string, list<string>> $seen  test => each outcome under the CLI
     * @param array<string, string>       $guest
     *
     * @return array<string, string> test => outcome in the guest
     */
    public static function agreeing(array $seen, array $guest): array
    {
        return array_filter(
            $guest,
            static fn (string $outcome, string $test): bool => in_array($outcome, $seen[$test] ?? [], true),
            ARRAY_FILTER_USE_BOTH,
        );
    }

    /**
     * Runs the tests on one side.
     *
     * @param list<string> $tests
     *
     * @return array<string, string> test => outcome
     */
    private function side(string $name, array $tests): array
    {
        $tree = $this->freshTree();
        $results = "{$this->keep}/$name.txt";
        $log = "{$this->keep}/$name.log";
        $cli = str_contains($name, 'cli');
        $php = $cli ? "{$this->runtime}/bin/php" : $this->wrapper();
        $extensions = $cli ? $this->builtExtensions() : "{$this->runtime}/ext";
        echo "$name: running ", count($tests) > 8 ? count($tests) . ' tests' : implode(' ', $tests), " (log: $log)\n";
        $start = hrtime(true);
        self::command(
            [
                'sh', '-c', 'ulimit -t ' . self::CPU_LIMIT . '; ulimit -c 0; ' . self::IN_TERMINAL, 'sh',
                "{$this->runtime}/bin/php", '-n', '-d', 'memory_limit=-1', $this->runner,
                '-n', '-q', '--no-color', '--no-progress', "-j{$this->jobs}", '-g', 'FAIL,XFAIL,BORK,WARN,LEAK,XLEAK',
                '-d', "extension_dir=$extensions", ...self::define($this->settings), '-W', $results,
                ...array_map(static fn (string $test): string => "$tree/$test", $tests),
            ],
            [
                'LOG' => $log,
                'TEST_PHP_EXECUTABLE' => $php,
                'TEST_PHP_SRCDIR' => $tree,
                'NO_INTERACTION' => '1',
                'SKIP_ONLINE_TESTS' => '1',
                explode('=', $this->mark)[0] => explode('=', $this->mark)[1],
            ],
        );
        $this->endLeftovers($name);
        $outcomes = self::read($results);
        printf("%s: %d tests in %d s\n", $name, count($outcomes), (hrtime(true) - $start) / 1e9);
        if ($outcomes === []) {
            throw new \RuntimeException("run-tests.php ran nothing; see $log");
        }
        return $outcomes;
    }

    /** The extensions of PHP's own build as they were built; those of the runtime depend on libphp, which the CLI has a copy of inside. */
    private function builtExtensions(): string
    {
        return trim((string) shell_exec(escapeshellarg("{$this->runtime}/bin/php-config") . ' --extension-dir'));
    }

    /**
     * @param list<string> $settings KEY=VALUE
     *
     * @return list<string>
     */
    private static function define(array $settings): array
    {
        return array_merge(...array_map(static fn (string $setting): array => ['-d', $setting], $settings));
    }

    /** A copy of what the tests need, at a path that is the same for each run. */
    private function freshTree(): string
    {
        $tree = "{$this->work}/src";
        self::command(['rm', '-rf', '--', $tree]);
        mkdir($tree);
        $copy = 'tar -C "$1" --exclude="*.o" --exclude="*.lo" --exclude="*.a" --exclude=.libs -cf - -- '
            . implode(' ', array_filter(self::PARTS, fn (string $part): bool => file_exists("{$this->source}/$part"))) . ' | tar -C "$2" -xf -';
        if (self::command(['sh', '-c', $copy, 'sh', $this->source, $tree]) !== 0) {
            throw new \RuntimeException("cannot copy the tests from {$this->source} to {$tree}");
        }
        return $tree;
    }

    /**
     * An executable that takes php-cli's arguments and runs them in the guest, with a host that has nothing else loaded.
     *
     * A guest has no web server. Where a test starts one to talk to (ext/standard/tests/http/server.inc and its like),
     * it gets the CLI's: the test itself, the client, is what runs in the guest.
     */
    private function wrapper(): string
    {
        $file = "{$this->work}/bin/php";
        if (!is_file($file)) {
            mkdir(dirname($file));
            $command = [
                $this->host, '-n', '-d', "extension={$this->extension}", ...self::define($this->hostSettings), dirname(__DIR__) . '/php/bin/ffi-zts',
                "--runtime={$this->runtime}", "--php-binary=$file", 'run',
            ];
            file_put_contents($file, sprintf(
                "#!/bin/sh\ncase \" \$* \" in *' -S '*) exec %s \"\$@\" ;; esac\nexec %s \"\$@\"\n",
                escapeshellarg("{$this->runtime}/bin/php"),
                implode(' ', array_map(escapeshellarg(...), $command)),
            ));
            chmod($file, 0755);
        }
        return $file;
    }

    /** Keeps what run-tests.php wrote about a test. */
    private function preserve(string $test, string $name): void
    {
        $base = "{$this->work}/src/" . preg_replace('/phpt$/D', '', $test);
        $target = "{$this->keep}/$name/" . dirname($test);
        foreach (['out', 'exp', 'diff', 'log', 'sh', 'php'] as $suffix) {
            if (is_file("$base$suffix")) {
                is_dir($target) || mkdir($target, 0777, true);
                copy("$base$suffix", "$target/" . basename("$base$suffix"));
            }
        }
    }

    /** Ends the processes that tests left behind: run-tests.php ends the shell of a test that hangs, and no more. */
    private function endLeftovers(string $name): void
    {
        foreach (glob('/proc/[0-9]*', GLOB_ONLYDIR) ?: [] as $directory) {
            $environment = @file_get_contents("$directory/environ");
            $process = (int) basename($directory);
            if ($environment !== false && $process !== getmypid() && in_array($this->mark, explode("\0", $environment), true)) {
                $command = strtr(trim((string) @file_get_contents("$directory/cmdline"), "\0"), "\0", ' ');
                echo "$name: left behind, and ended: $command\n";
                self::command(['kill', '-KILL', (string) $process]);
            }
        }
    }

    /**
     * The outcomes of those tests that were asked for.
     *
     * @param array<string, string> $outcomes
     * @param list<string>          $tests    directories and files
     *
     * @return array<string, string>
     */
    public static function among(array $outcomes, array $tests): array
    {
        $pattern = implode('|', array_map(static fn (string $test): string => preg_quote(rtrim($test, '/'), '~'), $tests));
        // A test that another one redirects to is called "# <the other one>: <the test>".
        return array_filter($outcomes, static fn (string $test): bool => preg_match("~^(?:# )?(?:$pattern)(?:/|:|$)~D", $test) === 1, ARRAY_FILTER_USE_KEY);
    }

    /** @return array<string, string> test, relative to the source tree => outcome */
    public static function read(string $file): array
    {
        $outcomes = [];
        foreach (@file($file, FILE_IGNORE_NEW_LINES) ?: [] as $line) {
            [$outcome, $test] = explode("\t", $line, 2) + [1 => ''];
            $outcomes[preg_replace('~/\S*/ffi_zts-conformance-\d+/src/~', '', $test)] = $outcome;
        }
        return $outcomes;
    }

    /**
     * @param list<string>          $command
     * @param array<string, string> $environment added to our own
     */
    private static function command(array $command, array $environment = []): int
    {
        $process = proc_open($command, [], $pipes, null, $environment + getenv());
        return $process === false ? -1 : proc_close($process);
    }
}
