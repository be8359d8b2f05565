<?php

declare(strict_types=1);

namespace FfiZts\Tests;

use PHPUnit\Framework\TestCase;

/** The extension in one pool of FPM alone, by the lines of docs/cli.md: each child loads it after the fork. */
final class FpmPoolTest extends TestCase
{
    use TemporaryDirectory;

    public function testOnePoolHasTheExtension(): void
    {
        $fpm = trim(Process::run(['sh', '-c', 'PATH=$PATH:/usr/sbin; command -v php-fpm' . Project::minor()])->output);
        if (!Project::isBuilt() || $fpm === '' || Process::run(['sh', '-c', 'command -v cgi-fcgi'])->status !== 0) {
            self::markTestSkipped('there is no FPM here, or no cgi-fcgi, or nothing has been built');
        }
        chmod($directory = $this->directory(), 0755);
        $project = new Project("$directory/project", false);
        $project->unpack();
        $text = (string) file_get_contents(Process::root() . '/docs/cli.md');
        self::assertSame(1, preg_match('/^```ini\n(.*?)^```$/ms', $text, $lines));
        $lines = strtr($lines[1], ['/opt/app/vendor/ffi-zts/.bundles/host8.2-guest8.2-linux-x86_64-glibc/ffi_zts.so' => $project->extension()]);
        $user = posix_geteuid() === 0 ? "user = nobody\ngroup = nogroup\nlisten.owner = root\n" : '';
        $pool = static fn (string $name): string => "[$name]\n{$user}listen = $directory/$name.sock\npm = static\npm.max_children = 1\npm.max_requests = 3\n";
        file_put_contents("$directory/fpm.conf", "[global]\nerror_log = /proc/self/fd/2\n" . $pool('with') . $lines . $pool('without'));
        file_put_contents("$directory/page.php", '<?php $vm = FfiZts::boot(); echo $vm->run(fn () => constant("PHP_ZTS"))->await(), " ",'
            . ' $vm->info()["ceilings"]["ffi_zts.max_threads"]["limit"], " ", getmypid();');

        $errors = tmpfile();
        $process = proc_open([$fpm, '-n', '-F', '-y', "$directory/fpm.conf"], [['file', '/dev/null', 'r'], $errors, ['pipe', 'w']], $pipes);
        self::assertIsResource($process);
        $log = $this->untilReady($pipes[2]);
        $children = [];
        for ($round = 0; $round < 8; $round++) {
            [$zts, $limit, $child] = explode(' ', $this->request('with')) + ['', '', ''];
            self::assertSame(['1', '8'], [$zts, $limit], $log);
            $children[$child] = true;
            if ($round === 4) {
                proc_terminate($process, SIGUSR2);
                $log .= $this->untilReady($pipes[2]);
            }
        }
        self::assertGreaterThanOrEqual(3, count($children), 'children are recycled, and reloaded');
        self::assertStringContainsString('Class &quot;FfiZts&quot; not found', $this->request('without'));
        self::assertStringNotContainsString('ffi_zts', (string) file_get_contents('/proc/' . proc_get_status($process)['pid'] . '/maps'));
        proc_terminate($process, SIGQUIT);
        $log .= stream_get_contents($pipes[2]);
        proc_close($process);
        self::assertStringNotContainsString('exited on signal', $log);
        self::assertStringNotContainsString('Unable to set', $log);
    }

    private function request(string $pool): string
    {
        $page = $this->directory() . '/page.php';
        $answer = Process::run(
            ['cgi-fcgi', '-bind', '-connect', "{$this->directory()}/$pool.sock"],
            '',
            ['SCRIPT_FILENAME' => $page, 'REQUEST_METHOD' => 'GET', 'QUERY_STRING' => 'none'],
        )->output;
        return (string) preg_replace('/^.*?\r\n\r\n/s', '', $answer);
    }

    /**
     * Reads FPM's log until it says that it is ready, once more.
     *
     * @param resource $stream
     */
    private function untilReady($stream): string
    {
        $log = '';
        while (($line = fgets($stream)) !== false) {
            $log .= $line;
            if (str_contains($line, 'ready to handle connections')) {
                return $log;
            }
        }
        self::fail("FPM ended: $log");
    }
}
