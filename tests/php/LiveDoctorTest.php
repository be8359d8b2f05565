<?php

declare(strict_types=1);

namespace FfiZts\Tests;

use FfiZts\Install\OwnFile;
use PHPUnit\Framework\TestCase;

/** Problems of a real host: each is planted, found by `doctor`, and cured by its remedy, which is run as it is printed. */
final class LiveDoctorTest extends TestCase
{
    use TemporaryDirectory;

    private Project $project;
    private IniTree $tree;
    /** @var array<string, string> */
    private array $environment;
    /** @var ?resource */
    private $fpm = null;
    /** @var array<int, resource> */
    private array $pipes = [];

    protected function setUp(): void
    {
        if (!Project::isBuilt()) {
            self::markTestSkipped('the extension or its runtime has not been built');
        }
        if (trim(Process::run(['sh', '-c', 'php -r "echo PHP_BINARY;"'])->output) !== PHP_BINARY) {
            self::markTestSkipped('the php of PATH is another one than this');
        }
        $this->project = new Project($this->directory() . '/project', false);
        $this->project->unpack();
        $this->use(IniTree::plain($this->directory() . '/root'));
    }

    protected function tearDown(): void
    {
        if ($this->fpm !== null) {
            proc_terminate($this->fpm, SIGQUIT);
            stream_get_contents($this->pipes[2]);
            proc_close($this->fpm);
        }
    }

    private function use(IniTree $tree): void
    {
        $this->tree = $tree;
        $this->environment = $tree->environment + ['FFI_ZTS_EXTENSION' => null, 'TMPDIR' => null];
    }

    /** A command of a shell, in the project's directory. */
    private function shell(string $command): Process
    {
        return Process::run(['sh', '-c', $command], '', $this->environment, $this->project->directory);
    }

    private function ffiZts(string $arguments): string
    {
        $run = $this->shell("{$this->project->directory}/vendor/bin/ffi-zts $arguments");
        self::assertSame(0, $run->status, $run->output . $run->errors);
        return $run->output;
    }

    /** @return array<string, string> remedies by id */
    private function doctor(string $options = ''): array
    {
        $run = $this->shell("{$this->project->directory}/vendor/bin/ffi-zts $options doctor --json");
        $json = preg_match('/^\{.*\}$/ms', $run->output, $match) === 1 ? json_decode($match[0], true) : null;
        self::assertIsArray($json, $run->output . $run->errors);
        $problems = array_column($json['problems'], 'severity', 'id');
        self::assertSame(in_array('problem', $problems, true) ? [1, false] : [0, true], [$run->status, $json['healthy']]);
        return array_column($json['problems'], 'remedy', 'id');
    }

    /** Finds it, follows the remedy, and finds it no more; at the end nothing but what was there before is left. */
    private function cures(string $id, array $before = [], string $options = ''): void
    {
        $found = $this->doctor($options);
        self::assertArrayHasKey($id, $found, json_encode($found));
        $followed = $this->shell($found[$id]);
        self::assertSame(0, $followed->status, $found[$id] . "\n" . $followed->output . $followed->errors);
        self::assertSame($before, $this->doctor($options));
    }

    private function needsRoot(): void
    {
        if (posix_geteuid() !== 0) {
            self::markTestSkipped('this needs root');
        }
    }

    private function ini(string $name, string $content): string
    {
        file_put_contents($file = "{$this->tree->scan}/$name", $content);
        return $file;
    }

    public function testNotEnabled(): void
    {
        $this->cures('not-enabled');
    }

    /** What a user is told, who may not write the ini files, and whose bundle root does not load. */
    public function testNotEnabledForAUser(): void
    {
        $this->needsRoot();
        chmod($this->directory(), 0755);
        $command = "setpriv --reuid=54321 --clear-groups {$this->project->directory}/vendor/bin/ffi-zts doctor --json";
        $remedies = fn (): array => array_column(json_decode($this->shell($command)->output, true)['problems'], 'remedy', 'id');
        self::assertSame(['not-enabled' => "sudo {$this->project->directory}/vendor/bin/ffi-zts enable"], $remedies());
        Process::run(['chown', '-R', '54321', $this->project->directory]);
        self::assertSame(['not-enabled' => "sudo {$this->project->directory}/vendor/bin/ffi-zts enable --system"], $remedies());
        chown($this->tree->scan, 54321);
        self::assertSame(['not-enabled' => "{$this->project->directory}/vendor/bin/ffi-zts enable"], $remedies());
        $followed = $this->shell("setpriv --reuid=54321 --clear-groups {$this->project->directory}/vendor/bin/ffi-zts enable");
        self::assertSame([0, ''], [$followed->status, $followed->errors]);
        self::assertSame([], $remedies());
    }

    public function testAStaleLineOfOurs(): void
    {
        $this->ini('30-ffi_zts.ini', OwnFile::text('extension=/gone/ffi_zts.so'));
        $this->cures('line-stale');
    }

    public function testAStaleLineOfSomebodyElse(): void
    {
        $this->ffiZts('enable');
        $file = $this->ini('99-site.ini', "; a site\nmemory_limit=1G\n\textension = '/gone/ffi_zts.so'\n");
        $this->cures('line-stale');
        self::assertSame("; a site\nmemory_limit=1G\n;\textension = '/gone/ffi_zts.so'\n", file_get_contents($file));
    }

    public function testTwoLines(): void
    {
        $this->ffiZts('enable');
        $this->ini('10-site.ini', "extension={$this->project->extension()}\n");
        $this->cures('line-duplicate');
    }

    public function testAnEditedFile(): void
    {
        $this->ffiZts('enable');
        file_put_contents("{$this->tree->scan}/30-ffi_zts.ini", "ffi_zts.threads=3\n", FILE_APPEND);
        $this->cures('line-edited');
    }

    public function testALineOfSomebodyElseForAnotherFile(): void
    {
        $this->ini('99-site.ini', 'extension=' . Process::extension() . "\n");
        $this->cures('line-foreign');
    }

    /** @dataProvider extensionDirs */
    public function testAnExtensionDirThatIsNotOfThisPhp(string $name): void
    {
        $this->ffiZts('enable');
        $this->ini('99-site.ini', "; a site\nextension_dir=\"" . $this->directory() . "/$name\"\n");
        mkdir($this->directory() . '/20010901');
        $this->cures('extension-dir');
    }

    /** @return iterable<array{string}> */
    public static function extensionDirs(): iterable
    {
        yield ['20010901'];
        yield ['nowhere'];
    }

    public function testAnIniFileThatOthersMayWrite(): void
    {
        $this->needsRoot();
        $this->ffiZts('enable');
        chmod("{$this->tree->scan}/30-ffi_zts.ini", 0666);
        $this->cures('ini-writable');
    }

    public function testATargetThatOthersMayWrite(): void
    {
        $this->needsRoot();
        mkdir($this->directory() . '/extensions', 0755);
        $this->ini('10-dir.ini', "extension_dir={$this->directory()}/extensions\n");
        $this->ffiZts('enable');
        Process::run(['chown', '-R', '54321', $this->project->directory . '/vendor']);
        $this->cures('ini-target-writable');
    }

    public function testAnOldCopyOfTheSystems(): void
    {
        $this->needsRoot();
        mkdir($this->directory() . '/extensions', 0755);
        $this->ini('10-dir.ini', "extension_dir={$this->directory()}/extensions\n");
        $this->ffiZts('enable --system');
        self::assertSame([], $this->doctor());
        $this->project->unpack(['version' => '0.1.1'], 'fedcba987654');
        $this->cures('system-copy-old');
    }

    public function testAModeThatIsWrong(): void
    {
        $this->ffiZts('enable');
        chmod($this->project->bundles() . '/' . Project::id() . '/runtime/ext', 0777);
        $this->cures('wrong-mode');
    }

    public function testAnOwnerWhoIsWrong(): void
    {
        $this->needsRoot();
        $this->ffiZts('enable');
        chown($this->project->bundles() . '/' . Project::id() . '/runtime/libphp.so', 54321);
        $this->cures('wrong-owner');
    }

    public function testNoTemporaryDirectory(): void
    {
        $this->ffiZts('enable');
        $this->environment['TMPDIR'] = $this->directory() . '/missing/tmp';
        $this->cures('no-temporary-directory');
    }

    public function testFunctionsThatAreForbidden(): void
    {
        $this->ffiZts('enable');
        $this->ini('99-site.ini', "disable_functions=pcntl_exec,proc_open\n");
        $found = $this->doctor();
        self::assertSame(['functions-forbidden', 'confined'], array_keys($found));
        $followed = $this->shell($found['functions-forbidden']);
        self::assertSame([0, ''], [$followed->status, $followed->errors], $followed->output);
        self::assertStringContainsString("All is well.\n", $followed->output);
    }

    public function testAConfinedCommandLine(): void
    {
        $this->ffiZts('enable');
        $this->ini('99-site.ini', "open_basedir=/\n");
        $found = $this->doctor();
        self::assertSame(['confined'], array_keys($found));
        $code = '<?php FfiZts::boot(["runtime" => dirname(' . var_export($this->project->extension(), true) . ') . "/runtime"]); echo "booted";';
        file_put_contents($this->project->directory . '/script.php', $code);
        self::assertStringContainsString('PolicyException', $this->shell('php script.php 2>&1')->output);
        self::assertSame('booted', $this->shell($found['confined'])->output);
    }

    public function testAnOpcacheThatDoesNotComeUp(): void
    {
        if (!is_file(Process::root() . '/build/runtime/ext/opcache.so')) {
            self::markTestSkipped('the runtime has no opcache');
        }
        $this->ffiZts('enable');
        $this->ini('98-site.ini', "ffi_zts.extensions=opcache\n");
        $this->ini('99-site.ini', "; a site\nffi_zts.ini=\"opcache.jit=tracing\nopcache.jit_buffer_size=0\"\n");
        $found = $this->doctor();
        self::assertSame(['opcache-down'], array_keys($found));
        self::assertStringContainsString('2s/^/;/', $found['opcache-down']);
        // The value has two lines here, and one of them is left: the remedy is for what enable and most people write, a line.
        $this->ini('99-site.ini', "; a site\nffi_zts.ini=\"opcache.interned_strings_buffer=4000\"\n");
        $this->cures('opcache-down');
    }

    public function testALibraryThatIsMissing(): void
    {
        if (Process::run(['sh', '-c', 'command -v cc'])->status !== 0) {
            self::markTestSkipped('there is no compiler here');
        }
        $libraries = $this->directory() . '/libraries';
        mkdir($libraries);
        $build = $this->shell("cd $libraries && echo 'int fz(void) { return 1; }' > a.c"
            . ' && cc -shared -fPIC -Wl,-soname,libfznowhere.so.7 -o libfznowhere.so a.c'
            . " && echo 'int fz(void); int b(void) { return fz(); }' > b.c && cc -shared -fPIC -o fz.so b.c -L. -lfznowhere && mv libfznowhere.so kept.so");
        self::assertSame(0, $build->status, $build->errors);
        $place = realpath($this->project->bundles() . '/' . Project::id());
        copy("$libraries/fz.so", "$place/runtime/fz.so");
        $json = json_decode((string) file_get_contents("$place/bundle.json"), true);
        $json['sonames'] = ['libfznowhere.so.7' => ['packages' => ['libfznowhere7'], 'needed_by' => ['runtime/fz.so']]];
        file_put_contents("$place/bundle.json", json_encode($json));
        $this->ffiZts('enable');
        // An apt-get whose package has it.
        mkdir($this->directory() . '/bin');
        file_put_contents($this->directory() . '/bin/apt-get',
            "#!/bin/sh\n[ \"$*\" = 'install -y libfznowhere7' ] && cp $libraries/kept.so $libraries/libfznowhere.so.7\n");
        chmod($this->directory() . '/bin/apt-get', 0755);
        $this->environment += ['PATH' => $this->directory() . '/bin:' . getenv('PATH'), 'LD_LIBRARY_PATH' => $libraries];
        $this->cures('library-missing');
    }

    public function testAPluginThatIsBlocked(): void
    {
        if (Process::run(['sh', '-c', 'command -v composer'])->status !== 0) {
            self::markTestSkipped('there is no composer here');
        }
        $this->ffiZts('enable');
        $package = "{$this->project->directory}/vendor/ffi-zts/ffi-zts/composer.json";
        $json = json_decode((string) file_get_contents($package), true);
        file_put_contents($package, json_encode(['type' => 'composer-plugin'] + $json));
        $this->environment += ['COMPOSER_HOME' => $this->directory() . '/home', 'COMPOSER_ALLOW_SUPERUSER' => '1'];
        foreach (['{}', '{"config": {"allow-plugins": {"ffi-zts/ffi-zts": false, "other/*": true}}}'] as $project) {
            file_put_contents("{$this->project->directory}/composer.json", $project);
            // Composer's own extensions are in the system's directory.
            $found = $this->doctor();
            self::assertSame(['plugin-blocked'], array_keys($found));
            $followed = Process::run(['sh', '-c', $found['plugin-blocked']], '', ['PHP_INI_SCAN_DIR' => null] + $this->environment,
                $this->project->directory);
            self::assertSame(0, $followed->status, $followed->output . $followed->errors);
            self::assertSame([], $this->doctor());
        }
        foreach (['{"config": {"allow-plugins": true}}', '{"config": {"allow-plugins": {"ffi-zts/*": true}}}'] as $project) {
            file_put_contents("{$this->project->directory}/composer.json", $project);
            self::assertSame([], $this->doctor());
        }
    }

    private static ?string $releases = null;

    public static function tearDownAfterClass(): void
    {
        if (self::$releases !== null) {
            Process::run(['rm', '-rf', '--', self::$releases]);
            self::$releases = null;
        }
    }

    /** The package pins a bundle of what is built here, and finds it in a directory. */
    private function pin(string $version = '0.1.0'): void
    {
        self::$releases ??= sys_get_temp_dir() . '/ffi_zts-test-' . bin2hex(random_bytes(6));
        if (!is_dir(self::$releases . "/$version")) {
            mkdir(self::$releases . "/$version", 0755, true);
            $build = Process::root() . '/build';
            $made = Process::run([PHP_BINARY, '-d', 'memory_limit=-1', __DIR__ . '/Bundle/make-bundle.php', $build, self::$releases . "/$version",
                $version]);
            self::assertSame(0, $made->status, $made->errors);
        }
        $resources = "{$this->project->directory}/vendor/ffi-zts/ffi-zts/resources";
        is_dir($resources) || mkdir($resources);
        copy(self::$releases . "/$version/bundles.json", "$resources/bundles.json");
        $this->environment['COMPOSER_CACHE_DIR'] = $this->directory() . '/cache';
    }

    /** @dataProvider damagedBundles */
    public function testABundleThatIsNotAsItWas(string $id, string $damage): void
    {
        $this->pin();
        $this->ffiZts('install');
        $this->ffiZts('enable');
        self::assertSame([], $this->doctor());
        $damaged = $this->shell('cd ' . $this->project->bundles() . '/' . Project::id() . " && $damage");
        self::assertSame(0, $damaged->status, $damaged->errors);
        $this->cures($id);
    }

    /** @return iterable<string, array{string, string}> */
    public static function damagedBundles(): iterable
    {
        yield 'changed' => ['file-changed', 'echo >> runtime/libphp.so'];
        yield 'missing' => ['file-changed', 'rm runtime/ffi_zts_guest.so'];
        yield 'another build' => ['runtime-other-build', 'sed -i "s/\"version\":\"8[^\"]*\"/\"version\":\"8.1.1\"/" bundle.json'];
        yield 'another API' => ['host-api', 'sed -i "s/\(\"host\":{[^}]*\"zend_module_api\":\)[0-9]*/\120010901/" bundle.json'];
        yield 'no bundle.json' => ['bundle-unreadable', 'rm bundle.json'];
        yield 'an extension that does not load' => ['file-changed', 'echo no library > ffi_zts.so'];
        yield 'a bundle that is gone' => ['not-installed', 'cd .. && rm -r host*'];
    }

    public function testABundleThatIsOlderThanThePackage(): void
    {
        $this->pin();
        $this->ffiZts('install');
        $this->ffiZts('enable');
        $this->pin('0.2.0');
        $this->cures('bundle-old');
        $this->project->unpack(['version' => '0.2.0'], '000000000000');
        $this->cures('bundle-old');
    }

    public function testWhatIsInstalledIsForAnotherPhp(): void
    {
        $this->pin();
        $this->project->unpack([], '000000000000', '7.4');
        unlink($this->project->bundles() . '/' . Project::id());
        $found = $this->doctor();
        self::assertSame(['composer-php'], array_keys($found));
        self::assertSame(0, $this->shell($found['composer-php'])->status);
        $this->cures('not-enabled');
    }

    public function testAGlibcThatIsTooOld(): void
    {
        $this->project->unpack(['floors' => ['glibc' => '9.99']], '000000000001');
        self::assertArrayHasKey('glibc-too-old', $this->doctor());
    }

    private function debian(): void
    {
        $program = trim(Process::run(['sh', '-c', 'PATH=$PATH:/usr/sbin; command -v php-fpm' . Project::minor()])->output);
        if (!is_file('/usr/sbin/phpenmod') || $program === '') {
            self::markTestSkipped('there is no phpenmod or no FPM here');
        }
        $this->use(IniTree::debian($this->directory() . '/debian'));
    }

    public function testASapiWithout(): void
    {
        $this->debian();
        $this->ffiZts('enable');
        $this->cures('sapi-without');
    }

    public function testAnFpmThatWasNotRestarted(): void
    {
        $this->debian();
        $this->startFpm();
        $this->ffiZts('enable');
        $this->ffiZts('enable --sapi=fpm');
        $this->curesFpm('fpm-not-restarted');

        // Another version takes the place of the one that it has loaded.
        $this->project->unpack(['version' => '0.1.1'], 'fedcba987654');
        $this->curesFpm('fpm-stale');

        // The file itself is another one.
        copy($this->project->extension(), "{$this->project->extension()}.new");
        rename("{$this->project->extension()}.new", $this->project->extension());
        $this->curesFpm('fpm-stale');
    }

    private function curesFpm(string $id): void
    {
        $found = $this->doctor();
        self::assertSame([$id], array_keys($found));
        self::assertSame(0, $this->shell($found[$id])->status);
        $this->awaitFpm();
        self::assertSame([], $this->doctor());
    }

    private function startFpm(): void
    {
        $user = posix_geteuid() === 0 ? "user = nobody\ngroup = nogroup\nlisten.owner = root\n" : '';
        file_put_contents($file = "{$this->tree->directory}/fpm/php-fpm.conf",
            "[global]\nerror_log = /proc/self/fd/2\nlog_level = notice\n[www]\n{$user}"
            . "listen = {$this->directory()}/fpm.sock\npm = static\npm.max_children = 1\n");
        $environment = ['PHP_INI_SCAN_DIR' => "{$this->tree->directory}/fpm/conf.d"] + getenv();
        $this->fpm = proc_open(['/usr/sbin/php-fpm' . Project::minor(), '-F', '-y', $file],
            [['file', '/dev/null', 'r'], ['file', '/dev/null', 'w'], ['pipe', 'w']], $this->pipes, null, $environment) ?: null;
        self::assertNotNull($this->fpm);
        $this->awaitFpm();
    }

    /** Until it says that it is ready, once more. */
    private function awaitFpm(): void
    {
        while (($line = fgets($this->pipes[2])) !== false) {
            if (str_contains($line, 'ready to handle connections')) {
                return;
            }
        }
        self::fail('FPM ended');
    }
}
