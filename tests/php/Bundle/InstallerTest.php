<?php

declare(strict_types=1);

namespace FfiZts\Tests\Bundle;

use FfiZts\Bundle\Credentials;
use FfiZts\Bundle\Fetch;
use FfiZts\Bundle\Host;
use FfiZts\Bundle\Installer;
use FfiZts\Bundle\InstallRequest;
use FfiZts\Bundle\Libc;
use FfiZts\Bundle\Place;
use FfiZts\Bundle\Status;
use FfiZts\Bundle\Store;
use FfiZts\Bundle\StreamFetch;
use FfiZts\Tests\Process;
use FfiZts\Tests\TemporaryDirectory;
use PHPUnit\Framework\TestCase;

/** Whole installs, of small bundles whose files are no libraries. */
final class InstallerTest extends TestCase
{
    use TemporaryDirectory;

    private const ID = BundleMaker::ID;

    private RecordingReporter $reporter;
    private Host $host;

    protected function setUp(): void
    {
        $this->reporter = new RecordingReporter();
        foreach (['served', 'cache', 'store'] as $name) {
            mkdir($this->directory() . "/$name");
        }
        $this->host = Hosts::host(binary: Hosts::php($this->directory() . '/php'));
    }

    private function store(): string
    {
        return $this->directory() . '/store';
    }

    /** A package that pins a bundle of that version. */
    private function package(string $version = '0.1.0', ?BundleMaker $maker = null): string
    {
        $maker ??= new BundleMaker($version);
        $archive = $maker->write($this->directory() . '/served');
        return BundleMaker::package($this->directory() . '/package', BundleMaker::manifest([$this->directory() . '/served'], [$archive], $version));
    }

    /** A package from a branch. */
    private function branch(): string
    {
        is_dir($this->directory() . '/branch') || mkdir($this->directory() . '/branch/resources/keys', 0755, true);
        return $this->directory() . '/branch';
    }

    /**
     * @param array<string, mixed>  $options of InstallRequest
     * @param array<string, string> $environment
     */
    private function install(string $package, array $options = [], array $environment = [], ?Fetch $web = null, ?Host $host = null): Status
    {
        $this->reporter = new RecordingReporter();
        $options += ['dir' => $this->store(), 'cache' => $this->directory() . '/cache'];
        $request = new InstallRequest(new Place($package), ...$options, environment: $environment);
        return (new Installer($request, $host ?? $this->host, $this->reporter, $web, 0.2))->run();
    }

    /** What was said of the failure, with names in place of paths. */
    private function warning(): string
    {
        self::assertCount(1, $this->reporter->warnings, implode("\n", $this->reporter->warnings));
        return str_replace($this->directory(), 'DIR', $this->reporter->warnings[0]);
    }

    private function assertInstalled(string $version, ?string $store = null): void
    {
        $store ??= $this->store();
        self::assertSame("host half $version", file_get_contents("$store/" . self::ID . '/ffi_zts.so'));
        $bundle = (new Store($store))->current(self::ID);
        self::assertSame($version, $bundle?->version);
        (new Store($store))->verify((string) realpath("$store/" . self::ID), $bundle);
        self::assertSame([], glob("$store/.tmp-*"), 'leftovers');
    }

    private function assertNothingInstalled(): void
    {
        self::assertSame([], array_values(array_diff(scandir($this->store()) ?: [], ['.', '..', '.lock'])));
    }

    public function testAnInstall(): void
    {
        $package = $this->package();
        self::assertSame(Status::Done, $this->install($package));
        $this->assertInstalled('0.1.0');
        self::assertSame(
            ['Locked', 'Fetched', 'Checked', 'Unpacked', 'Verified', 'Tried', 'Synced', 'Placed', 'Switched', 'Cleaned'],
            $this->reporter->steps,
        );
        self::assertSame([
            'ffi_zts 0.1.0 (PHP 8.2) is installed: ' . $this->store() . '/' . self::ID,
            'Next: ffi-zts php script.php runs a script with it, ffi-zts enable loads it always.',
        ], $this->reporter->lines);
        $short = substr((string) hash_file('sha256', glob($this->directory() . '/served/*')[0]), 0, 12);
        self::assertSame(self::ID . "@$short", readlink($this->store() . '/' . self::ID));

        // The second finds it as it was, and touches nothing.
        self::assertSame(Status::Done, $this->install($package));
        self::assertSame([[], [], []], [$this->reporter->lines, $this->reporter->warnings, $this->reporter->steps]);
    }

    public function testAnUpdateKeepsTheOneBefore(): void
    {
        foreach (['0.1.0', '0.2.0', '0.3.0'] as $version) {
            self::assertSame(Status::Done, $this->install($this->package($version)));
            $this->assertInstalled($version);
        }
        // A process that has loaded 0.2.0 finds its runtime still.
        $versions = array_map(
            static fn (string $file): string => substr((string) file_get_contents($file), -5),
            glob($this->store() . '/*@*/ffi_zts.so') ?: [],
        );
        self::assertEqualsCanonicalizing(['0.2.0', '0.3.0'], $versions);
    }

    /** @dataProvider damages */
    public function testWhatWasDamagedIsMended(\Closure $damage): void
    {
        $package = $this->package();
        $this->install($package);
        $damage($this->store() . '/' . self::ID);
        self::assertSame(Status::Done, $this->install($package));
        self::assertContains('Switched', $this->reporter->steps);
        $this->assertInstalled('0.1.0');
    }

    /** @return iterable<string, array{\Closure(string): mixed}> */
    public static function damages(): iterable
    {
        yield 'other bytes' => [static fn (string $bundle): mixed => file_put_contents("$bundle/runtime/libphp.so", 'THE ENGINE')];
        yield 'fewer bytes' => [static fn (string $bundle): mixed => file_put_contents("$bundle/runtime/libphp.so", '')];
        yield 'no file' => [static fn (string $bundle): mixed => unlink("$bundle/runtime/ext/curl.so")];
        yield 'no bundle.json' => [static fn (string $bundle): mixed => unlink("$bundle/bundle.json")];
        yield 'another bundle.json' => [static fn (string $bundle): mixed => file_put_contents("$bundle/bundle.json", '{}')];
        yield 'others may write' => [static fn (string $bundle): mixed => chmod("$bundle/ffi_zts.so", 0666)];
        yield 'a link to the same bytes' => [static function (string $bundle): void {
            rename("$bundle/ffi_zts.so", dirname((string) realpath($bundle)) . '/elsewhere');
            symlink(dirname((string) realpath($bundle)) . '/elsewhere', "$bundle/ffi_zts.so");
        }];
        yield 'a directory that is a link' => [static function (string $bundle): void {
            rename("$bundle/runtime/ext", dirname((string) realpath($bundle)) . '/elsewhere');
            symlink(dirname((string) realpath($bundle)) . '/elsewhere', "$bundle/runtime/ext");
        }];
        yield 'the link leads elsewhere' => [static function (string $bundle): void {
            unlink($bundle);
            symlink('/etc', $bundle);
        }];
        yield 'the link became a directory' => [static function (string $bundle): void {
            $target = (string) realpath($bundle);
            unlink($bundle);
            rename($target, $bundle);
        }];
    }

    /** @dataProvider steps */
    public function testAnInstallThatIsKilled(string $step): void
    {
        $this->install($this->package('0.1.0'));
        $package = $this->package('0.2.0');
        $child = $this->child($package, 'kill', $step);
        // As the signal, or as a shell tells it.
        self::assertContains($child->status, [9, 137], $child->errors);
        self::assertSame('', $child->output);
        $switched = in_array($step, ['Switched', 'Cleaned'], true);
        $version = $switched ? '0.2.0' : '0.1.0';
        self::assertSame("host half $version", file_get_contents($this->store() . '/' . self::ID . '/ffi_zts.so'));
        $store = new Store($this->store());
        $store->verify((string) realpath($store->path(self::ID)), $store->current(self::ID));

        self::assertSame(Status::Done, $this->install($package));
        $this->assertInstalled('0.2.0');
        self::assertSame([], glob($this->directory() . '/cache/ffi-zts/*.part'));
    }

    /** @return iterable<string, array{string}> */
    public static function steps(): iterable
    {
        foreach (['Locked', 'progress', 'Fetched', 'Checked', 'Unpacked', 'Verified', 'Tried', 'Synced', 'Placed', 'Switched', 'Cleaned'] as $step) {
            yield $step => [$step];
        }
    }

    private function child(string $package, string ...$arguments): Process
    {
        return Process::run([...$this->command($package), ...$arguments]);
    }

    /** @return list<string> an install in a process of its own */
    private function command(string $package): array
    {
        $script = __DIR__ . '/install-child.php';
        return [PHP_BINARY, '-n', $script, $package, $this->store(), $this->directory() . '/cache', $this->host->binary];
    }

    public function testTwoInstallsAtOnce(): void
    {
        $package = $this->package();
        $file = $this->directory() . '/waits';
        $command = $this->command($package);
        $first = proc_open([...$command, 'wait', 'Unpacked', $file], [1 => ['pipe', 'w']], $pipes);
        while (!file_exists($file)) {
            usleep(1000);
            clearstatcache();
        }
        $pid = proc_get_status($first)['pid'];
        // One that loses patience tells who it is that it waited for.
        self::assertSame(Status::Locked, $this->install($package));
        self::assertMatchesRegularExpression(
            "~^process $pid on \S+ since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC installs into DIR/store just now, "
                . "and still does after 0 s\n  -> wait for it, or end it$~D",
            $this->warning(),
        );
        // One that waits finds what the first has brought.
        $second = proc_open($command, [1 => ['pipe', 'w']], $others);
        unlink($file);
        self::assertStringContainsString('Switched', (string) stream_get_contents($pipes[1]));
        self::assertSame(0, proc_close($first));
        $told = json_decode((string) stream_get_contents($others[1]), true);
        self::assertSame(0, proc_close($second));
        self::assertContains($told['steps'], [[], ['Locked']]);
        self::assertSame(self::ID . ' is there and unchanged: ' . $this->store() . '/' . self::ID, end($told['details']));
        $this->assertInstalled('0.1.0');
    }

    /** A trial that hangs, and outlives an install that was killed, must not keep others from installing. */
    public function testTheTrialDoesNotInheritTheLock(): void
    {
        $seen = $this->directory() . '/seen';
        $script = "ls -l /proc/self/fd > $seen; for word; do :; done; printf %s \"\$word\" | rev | tr -d '\\n'";
        Hosts::php($this->host->binary, $script);
        self::assertSame(Status::Done, $this->install($this->package()), implode($this->reporter->warnings));
        self::assertStringContainsString('/dev/null', (string) file_get_contents($seen));
        self::assertStringNotContainsString($this->store(), (string) file_get_contents($seen));
        self::assertStringNotContainsString($this->directory() . '/cache', (string) file_get_contents($seen));
    }

    public function testABundleThatDoesNotComeUp(): void
    {
        $this->install($this->package('0.1.0'));
        foreach ([
            ['echo "Warning: cannot boot" >&2; exit 3', "ended with the status 3:\n    Warning: cannot boot"],
            ['kill -SEGV $$', 'was ended by the signal 11, and said nothing'],
            ['exit 0', 'ended with the status 0, and said nothing'],
            ['echo wrong', "ended with the status 0:\n    wrong"],
        ] as [$script, $message]) {
            Hosts::php($this->host->binary, $script);
            self::assertSame(Status::Verification, $this->install($this->package('0.2.0')));
            self::assertSame(
                "the bundle was tried and did not come up: DIR/php $message\n"
                    . "  -> what was installed before stays as it is; report this with the lines above",
                $this->warning(),
            );
            $this->assertInstalled('0.1.0');
        }
    }

    public function testALibraryThatTheTrialMisses(): void
    {
        $maker = new BundleMaker();
        $maker->changes = [
            'sonames' => ['libnothere.so.4' => ['packages' => ['libnothere4', 'libnothere4t64'], 'needed_by' => ['runtime/libphp.so']]],
        ];
        self::assertSame(Status::Unsupported, $this->install($this->package('0.1.0', $maker)));
        self::assertSame(
            'not installed (library-missing): this system lacks libnothere.so.4 (package libnothere4 or libnothere4t64), which the runtime needs'
                . "\n  -> apt-get install libnothere4",
            $this->warning(),
        );
        $this->assertNothingInstalled();

        // What only an extension needs is told, and no reason to stop.
        $maker->changes['sonames']['libnothere.so.4']['needed_by'] = ['runtime/ext/curl.so'];
        self::assertSame(Status::Done, $this->install($this->package('0.1.0', $maker)));
        self::assertSame("this system lacks libnothere.so.4: threads do without curl\n  -> apt-get install libnothere4", $this->warning());

        // Threads have what their host has, and this one has no gd.
        $maker->changes['sonames']['libnothere.so.4']['needed_by'] = ['runtime/ext/gd.so'];
        self::assertSame(Status::Done, $this->install($this->package('0.1.0', $maker)));
        self::assertSame([], $this->reporter->warnings);
    }

    /** The linker's own words, where the cache of libraries says that it is there. */
    public function testALibraryThatTheLinkerMisses(): void
    {
        Hosts::php($this->host->binary, 'echo "Unable to load: libc.so.6: cannot open shared object file: No such file or directory" >&2; exit 1');
        self::assertSame(Status::Unsupported, $this->install($this->package()));
        self::assertStringStartsWith('not installed (library-missing): this system lacks libc.so.6 (package libc6), which', $this->warning());
        $this->assertNothingInstalled();
    }

    /** @dataProvider hosts */
    public function testAHostWithoutABundle(Host $host, string $message): void
    {
        $maker = new BundleMaker();
        $maker->changes = ['floors' => ['glibc' => '2.34']];
        self::assertSame(Status::Unsupported, $this->install($this->package('0.1.0', $maker), host: $host));
        self::assertStringStartsWith("not installed ($message", $this->warning());
        $this->assertNothingInstalled();
    }

    /** @return iterable<string, array{Host, string}> */
    public static function hosts(): iterable
    {
        yield 'musl' => [Hosts::host(libc: new Libc(Libc::MUSL, '/lib/ld-musl-x86_64.so.1')), 'musl): this PHP runs on musl'];
        yield 'thread-safe' => [Hosts::host(zts: true), 'zts-host): this PHP 8.2.36 (/usr/bin/php) is thread-safe'];
        yield 'debug' => [Hosts::host(debug: true), 'debug-host): this PHP 8.2.36 (/usr/bin/php) is a debug build'];
        yield 'architecture' => [Hosts::host(arch: 'riscv64'), 'arch): version 0.1.0 has no bundle for riscv64 with glibc; it has ' . self::ID];
        yield 'minor' => [
            Hosts::host(version: '8.9.1'),
            'no-bundle): version 0.1.0 has no bundle host8.9-guest8.9-linux-x86_64-glibc; it has ' . self::ID,
        ];
        yield 'glibc' => [
            Hosts::host(libc: new Libc(Libc::GLIBC, '/lib/libc-2.31.so', '2.31')),
            'glibc-too-old): the bundle needs glibc 2.34 or newer, this system has 2.31 (/lib/libc-2.31.so)',
        ];
    }

    public function testAPackageFromABranch(): void
    {
        self::assertSame(Status::Unsupported, $this->install($this->branch()));
        self::assertSame(
            'not installed (no-bundle): this package (DIR/branch) comes from a branch: it has no resources/bundles.json, '
                . 'which pins the bundles of a release'
                . "\n  -> ffi-zts install --from FILE|DIR|URL takes one by name, and ffi-zts install --build builds it here",
            $this->warning(),
        );
    }

    public function testAManifestThatIsDamaged(): void
    {
        $package = $this->package();
        file_put_contents("$package/resources/bundles.json", '{"format":1');
        self::assertSame(Status::Verification, $this->install($package));
        self::assertSame('DIR/package/resources/bundles.json is no JSON: Syntax error', $this->warning());
    }

    public function testWhatIsServedIsNotWhatIsPinned(): void
    {
        $this->install($this->package('0.1.0'));
        $package = $this->package('0.2.0');
        $archive = $this->directory() . '/served/' . (new BundleMaker('0.2.0'))->name();
        foreach ([
            'corrupt' => [substr_replace((string) file_get_contents($archive), '?', 20, 1), 'piece 1 of '],
            'truncated' => [substr((string) file_get_contents($archive), 0, -1), 'it has '],
            'oversized' => [file_get_contents($archive) . 'x', 'it has '],
            'downgraded' => [(string) file_get_contents(dirname($archive) . '/' . (new BundleMaker('0.1.0'))->name()), ''],
        ] as $what => [$bytes, $message]) {
            file_put_contents($archive, $bytes);
            self::assertSame(Status::Verification, $this->install($package), $what);
            self::assertStringStartsWith(
                'cannot get ' . basename($archive) . "\n  DIR/served/" . basename($archive) . ": $message",
                $this->warning(),
            );
            $this->assertInstalled('0.1.0');
        }
    }

    /** The manifest's bytes are right, and hold another bundle than it says. */
    public function testASwappedBundle(): void
    {
        $archive = (new BundleMaker('0.1.0', 'host8.4-guest8.4-linux-x86_64-glibc'))->write($this->directory() . '/served');
        $manifest = BundleMaker::manifest([$this->directory() . '/served'], [$archive]);
        $manifest['bundles'] = [self::ID => reset($manifest['bundles'])];
        self::assertSame(Status::Verification, $this->install(BundleMaker::package($this->directory() . '/package', $manifest)));
        self::assertSame(
            'ffi_zts-0.1.0-host8.4-guest8.4-linux-x86_64-glibc.tar.gz holds host8.4-guest8.4-linux-x86_64-glibc 0.1.0, '
                . 'the manifest says ' . self::ID . ' 0.1.0',
            $this->warning(),
        );
        $this->assertNothingInstalled();
    }

    public function testABundleJsonThatDoesNotFitTheFiles(): void
    {
        $maker = new BundleMaker();
        $maker->changes = ['files' => ['runtime/libphp.so' => ['sha256' => str_repeat('0', 64)]]];
        self::assertSame(Status::Verification, $this->install($this->package('0.1.0', $maker)));
        self::assertMatchesRegularExpression(
            '~^DIR/store/\.tmp-[0-9a-f]+/runtime/libphp\.so is not what bundle\.json says of it$~D',
            $this->warning(),
        );
        $this->assertNothingInstalled();
    }

    public function testADirectoryThatIsNotWritable(): void
    {
        $package = $this->package();
        $remedy = "\n  -> run it as whoever may write there, or choose another place: --dir";
        self::assertSame(Status::CannotWrite, $this->install($package, ['dir' => '/proc/x']));
        self::assertSame("cannot make the directory /proc/x: No such file or directory$remedy", $this->warning());
        self::assertSame(Status::CannotWrite, $this->install($package, ['dir' => __FILE__]));
        self::assertSame('cannot make the directory ' . __FILE__ . ": File exists$remedy", $this->warning());
    }

    /** A vendor directory that was brought along, as in an image: what it needs is there. */
    public function testAReadOnlyVendor(): void
    {
        $package = $this->package();
        $this->install($package);
        $this->onFileSystem(static function (string $path, self $test) use ($package): void {
            $test->assertSame(0, Process::run(['cp', '-a', $test->store(), "$path/store"])->status);
            $test->assertSame(0, Process::run(['mount', '-o', 'remount,ro', $path])->status);
            $test->assertSame(Status::Done, $test->install($package, ['dir' => "$path/store"]));
            $test->assertInstalled('0.1.0', "$path/store");
            $test->assertSame(Status::CannotWrite, $test->install($test->package('0.2.0'), ['dir' => "$path/store"]));
            $test->assertSame(
                "DIR/mounted/store is not writable\n  -> run it as whoever may write there, or choose another place: --dir",
                $test->warning(),
            );
            $test->assertInstalled('0.1.0', "$path/store");
        }, '1m');
    }

    public function testAFullDisk(): void
    {
        $large = new BundleMaker('0.2.0');
        $large->files['runtime/libphp.so'] = random_bytes(300_000);
        $first = $this->package('0.1.0');
        $this->onFileSystem(static function (string $path, self $test) use ($large, $first): void {
            $test->assertSame(Status::Done, $test->install($first, ['dir' => "$path/store"]));
            $test->assertSame(Status::CannotWrite, $test->install($test->package('0.2.0', $large), ['dir' => "$path/store"]));
            $test->assertMatchesRegularExpression(
                '~^cannot write DIR/mounted/store/\.tmp-[0-9a-f]+/runtime/libphp\.so: No space left on device\n'
                    . '  -> make room, or choose another place with --dir$~D',
                $test->warning(),
            );
            $test->assertInstalled('0.1.0', "$path/store");
            // The cache is full as well.
            $test->assertSame(
                Status::CannotWrite,
                $test->install($test->package('0.2.0', $large), ['cache' => "$path/cache", 'dir' => $test->store()]),
            );
            $test->assertMatchesRegularExpression(
                '~^cannot write DIR/mounted/cache/ffi-zts/\S+\.tar\.gz\.part: No space left on device~',
                $test->warning(),
            );
        }, '200k');
    }

    /** @param \Closure(string, self): void $test */
    private function onFileSystem(\Closure $test, string $size): void
    {
        $path = $this->directory() . '/mounted';
        mkdir($path);
        if (Process::run(['mount', '-t', 'tmpfs', '-o', "size=$size", 'tmpfs', $path])->status !== 0) {
            self::markTestSkipped('mounting a file system needs root');
        }
        try {
            $test($path, $this);
        } finally {
            Process::run(['umount', '-l', $path]);
        }
    }

    public function testACacheThatCannotBeWrittenToIsDoneWithout(): void
    {
        self::assertSame(Status::Done, $this->install($this->package(), ['cache' => '/proc/nowhere']));
        self::assertContains('the cache /proc/nowhere/ffi-zts cannot be written to', $this->reporter->details);
        $this->assertInstalled('0.1.0');
    }

    public function testAMirror(): void
    {
        $package = $this->package();
        rename($this->directory() . '/served', $this->directory() . '/mirror');
        self::assertSame(Status::Unreachable, $this->install($package));
        self::assertSame(Status::Done, $this->install($package, environment: ['FFI_ZTS_MIRROR' => $this->directory() . '/mirror']));
        self::assertSame(
            Status::Unreachable,
            $this->install($package, ['dir' => $this->directory() . '/other', 'cache' => null], ['FFI_ZTS_MIRROR' => '/nowhere']),
        );
        $name = (new BundleMaker())->name();
        self::assertStringStartsWith(
            "cannot get $name\n  /nowhere/$name: there is no /nowhere/$name\n  DIR/served/$name: there is no DIR/served/$name\n",
            $this->warning(),
        );
    }

    public function testSkipping(): void
    {
        $package = $this->package();
        foreach ([
            [['settings' => []], ['FFI_ZTS_SKIP' => '1'], 'ffi-zts: skipped, since FFI_ZTS_SKIP=1 is set'],
            [
                ['settings' => ['install' => false]],
                [],
                'ffi-zts: skipped, since extra.ffi-zts.install in composer.json is false (FFI_ZTS_SKIP=0 installs all the same)',
            ],
        ] as [$options, $environment, $line]) {
            self::assertSame(Status::Done, $this->install($package, $options, $environment));
            self::assertSame([[$line], []], [$this->reporter->lines, $this->reporter->warnings]);
            $this->assertNothingInstalled();
        }
        self::assertSame(Status::Done, $this->install($package, ['settings' => ['install' => false]], ['FFI_ZTS_SKIP' => '0']));
        $this->assertInstalled('0.1.0');
    }

    public function testOtherTargets(): void
    {
        $other = 'host8.4-guest8.4-linux-aarch64-glibc';
        $archives = [
            (new BundleMaker())->write($this->directory() . '/served'),
            (new BundleMaker('0.1.0', $other))->write($this->directory() . '/served'),
        ];
        $package = BundleMaker::package($this->directory() . '/package', BundleMaker::manifest([$this->directory() . '/served'], $archives));
        // Built here for elsewhere; what cannot run here is not tried.
        Hosts::php($this->host->binary, 'exit 1');
        self::assertSame(Status::Done, $this->install($package, ['targets' => [$other]]));
        self::assertSame("It is for $other: its files are verified, it was not tried here.", $this->reporter->lines[1]);
        self::assertFileExists($this->store() . "/$other/ffi_zts.so");
        self::assertFileDoesNotExist($this->store() . '/' . self::ID);

        // Several side by side, also where this host itself gets none.
        $musl = Hosts::host(libc: new Libc(Libc::MUSL, '/lib/ld-musl-x86_64.so.1'));
        $options = ['settings' => ['targets' => [$other, self::ID]], 'dir' => $this->directory() . '/side'];
        self::assertSame(Status::Unsupported, $this->install($package, $options, host: $musl));
        self::assertStringStartsWith('not installed (musl)', $this->warning());
        self::assertFileExists("{$options['dir']}/$other/ffi_zts.so");
        self::assertFileExists("{$options['dir']}/" . self::ID . '/ffi_zts.so');
    }

    public function testANamedFile(): void
    {
        $file = (new BundleMaker())->write($this->directory());
        $hash = hash_file('sha256', $file);
        self::assertSame(Status::Done, $this->install($this->branch(), ['from' => $file]));
        self::assertSame(basename($file) . ", SHA-256 $hash: this package does not pin it, it is taken at your word", $this->reporter->lines[0]);
        $this->assertInstalled('0.1.0');

        // A package that pins another one does not take it.
        self::assertSame(Status::Verification, $this->install($this->package('0.2.0'), ['from' => $file]));
        $pinned = hash_file('sha256', $this->directory() . '/served/' . (new BundleMaker('0.2.0'))->name());
        self::assertSame(
            basename($file) . " has the SHA-256 $hash, this package pins $pinned for " . self::ID
                . "\n  -> use the bundle of version 0.2.0, or another version of the package ffi-zts/ffi-zts",
            $this->warning(),
        );
        $this->assertInstalled('0.1.0');
        $done = $this->install($this->package('0.1.0'), ['from' => $file, 'dir' => $this->directory() . '/x']);
        self::assertSame(Status::Done, $done, implode($this->reporter->warnings));
        self::assertStringEndsWith("$hash, as this package pins it", $this->reporter->lines[0]);

        self::assertSame(Status::Unreachable, $this->install($this->branch(), ['from' => '/nowhere/x.tar.gz']));
        self::assertSame('there is no /nowhere/x.tar.gz', $this->warning());
        self::assertSame(Status::Verification, $this->install($this->branch(), ['from' => __FILE__]));
        self::assertSame(__FILE__ . ' is no gzip file, or a damaged one', $this->warning());
    }

    public function testANamedFileForAnotherHost(): void
    {
        $other = 'host8.4-guest8.4-linux-x86_64-glibc';
        $file = (new BundleMaker('0.1.0', $other))->write($this->directory());
        self::assertSame(Status::Unsupported, $this->install($this->branch(), ['from' => $file]));
        self::assertSame(
            'not installed (no-bundle): ' . basename($file) . " is for $other, this host is " . self::ID
                . "\n  -> for another host: ffi-zts install --from … --target=$other",
            $this->warning(),
        );
        self::assertSame(Status::Done, $this->install($this->branch(), ['from' => $file, 'targets' => [$other]]));
        // A guest of another minor than the host's fits it.
        $mixed = 'host8.2-guest8.4-linux-x86_64-glibc';
        $file = (new BundleMaker('0.1.0', $mixed))->write($this->directory());
        self::assertSame(Status::Done, $this->install($this->branch(), ['from' => $file]));
        self::assertFileExists($this->store() . "/$mixed/ffi_zts.so");
    }

    public function testANamedDirectory(): void
    {
        $directory = $this->directory() . '/a [b]';
        mkdir($directory);
        self::assertSame(Status::Unreachable, $this->install($this->branch(), ['from' => $directory]));
        self::assertSame('there is no bundle ffi_zts-VERSION-' . self::ID . '.tar.gz in DIR/a [b]', $this->warning());
        (new BundleMaker('0.1.0'))->write($directory);
        (new BundleMaker('0.1.0', 'host8.4-guest8.4-linux-x86_64-glibc'))->write($directory);
        self::assertSame(Status::Done, $this->install($this->branch(), ['from' => $directory]));
        $this->assertInstalled('0.1.0');
        (new BundleMaker('0.2.0'))->write($directory);
        self::assertSame(Status::Usage, $this->install($this->branch(), ['from' => $directory]));
        self::assertStringStartsWith('DIR/a [b] has several bundles for this host: ffi_zts-0.1.0-', $this->warning());
        // The package knows which is its own.
        self::assertSame(Status::Done, $this->install($this->package('0.2.0'), ['from' => "file://$directory"]));
        $this->assertInstalled('0.2.0');
    }

    /** @param \Closure(string): void $test is given the URL of what is in served/ */
    private function served(\Closure $test): void
    {
        $server = new Server($this->directory() . '/served', $this->directory() . '/log');
        try {
            $test($server->url('good'));
        } finally {
            $server->stop();
        }
    }

    /** Keys of the branch, and a signed bundle of that version that is served. */
    private function signed(string $version, ?string $comment = null): string
    {
        $keys = $this->branch() . '/resources/keys';
        is_file("$keys/present.pub") || SignatureTest::key($keys, 'present');
        $archive = (new BundleMaker($version))->write($this->directory() . '/served');
        SignatureTest::sign($keys, 'present', $archive, $comment ?? 'file:' . basename($archive) . " version:$version");
        $manifest = $this->directory() . '/served/bundles.json';
        file_put_contents($manifest, json_encode(BundleMaker::manifest([], [$archive], $version)));
        SignatureTest::sign($keys, 'present', $manifest, "file:bundles.json version:$version");
        return basename($archive);
    }

    private function web(): Fetch
    {
        return new StreamFetch(new Credentials());
    }

    public function testASignedBundleOfAUrl(): void
    {
        $name = $this->signed('0.1.0');
        $this->served(function (string $url) use ($name): void {
            self::assertSame(Status::Done, $this->install($this->branch(), ['from' => "$url/$name"], web: $this->web()));
            $this->assertInstalled('0.1.0');
            $newer = $this->signed('0.2.0');
            self::assertSame(Status::Done, $this->install($this->branch(), ['from' => "$url/$newer"], web: $this->web()));
            $this->assertInstalled('0.2.0');
            // The old one has a good signature still.
            self::assertSame(Status::Verification, $this->install($this->branch(), ['from' => "$url/$name"], web: $this->web()));
            self::assertSame(
                "$url/$name has version 0.1.0, installed is 0.2.0: an older one is not taken from a URL"
                    . "\n  -> download the bundle yourself, and give it to ffi-zts install --from FILE",
                $this->warning(),
            );
            // And under the name of a new one it has none.
            copy($this->directory() . "/served/$name", $this->directory() . '/served/' . str_replace('0.1.0', '0.3.0', $name));
            copy($this->directory() . "/served/$name.minisig", $this->directory() . '/served/' . str_replace('0.1.0', '0.3.0', "$name.minisig"));
            $replayed = str_replace('0.1.0', '0.3.0', $name);
            self::assertSame(Status::Verification, $this->install($this->branch(), ['from' => "$url/$replayed"], web: $this->web()));
            self::assertSame("$replayed.minisig is not for this: it names file $name, wanted is $replayed", $this->warning());
            $this->assertInstalled('0.2.0');
        });
    }

    public function testAUrlThatIsNotSignedAsItHasToBe(): void
    {
        $name = $this->signed('0.1.0');
        $this->served(function (string $url) use ($name): void {
            $from = ['from' => "$url/$name"];
            $path = $this->directory() . "/served/$name";
            SignatureTest::key($this->directory(), 'other');
            SignatureTest::sign($this->directory(), 'other', $path, "file:$name version:0.1.0");
            self::assertSame(Status::Verification, $this->install($this->branch(), $from, web: $this->web()));
            self::assertMatchesRegularExpression(
                "~^$name\.minisig was made with the key [1-9A-F][0-9A-F]{0,15}, which is none of this package's\n~",
                $this->warning(),
            );

            SignatureTest::sign($this->branch() . '/resources/keys', 'present', $path, "file:$name version:0.1.0");
            file_put_contents($path, 'x', FILE_APPEND);
            self::assertSame(Status::Verification, $this->install($this->branch(), $from, web: $this->web()));
            self::assertSame("$name is not what $name.minisig signs", $this->warning());

            unlink("$path.minisig");
            self::assertSame(Status::Unreachable, $this->install($this->branch(), $from, web: $this->web()));
            self::assertStringStartsWith("cannot get $name.minisig\n  $url/$name.minisig: ", $this->warning());

            unlink($this->branch() . '/resources/keys/present.pub');
            self::assertSame(Status::Verification, $this->install($this->branch(), $from, web: $this->web()));
            self::assertStringStartsWith(
                "$url/$name is not pinned by this package, which has no public key to verify its signature either\n",
                $this->warning(),
            );
            $this->assertNothingInstalled();
        });
    }

    /** A place with a manifest of its own. */
    public function testASignedManifestOfAUrl(): void
    {
        $this->signed('0.1.0');
        $this->served(function (string $url): void {
            self::assertSame(Status::Done, $this->install($this->branch(), ['from' => $url], web: $this->web()));
            $this->assertInstalled('0.1.0');
            $this->signed('0.2.0');
            self::assertSame(Status::Done, $this->install($this->branch(), ['from' => "$url/"], web: $this->web()));
            $this->assertInstalled('0.2.0');
            $this->signed('0.1.5');
            self::assertSame(Status::Verification, $this->install($this->branch(), ['from' => "$url/bundles.json"], web: $this->web()));
            self::assertStringStartsWith(
                "$url/bundles.json has version 0.1.5, installed is 0.2.0: an older one is not taken from a URL",
                $this->warning(),
            );
            file_put_contents(
                $this->directory() . '/served/bundles.json',
                str_replace('0.1.5', '0.9.0', (string) file_get_contents($this->directory() . '/served/bundles.json')),
            );
            self::assertSame(Status::Verification, $this->install($this->branch(), ['from' => $url], web: $this->web()));
            self::assertSame('bundles.json is not what bundles.json.minisig signs', $this->warning());
            $this->assertInstalled('0.2.0');
        });
    }

    /** What the package pins needs no signature. */
    public function testAPinnedUrl(): void
    {
        $package = $this->package();
        $name = (new BundleMaker())->name();
        $this->served(function (string $url) use ($package, $name): void {
            self::assertSame(Status::Done, $this->install($package, ['from' => "$url/$name"], web: $this->web()));
            $this->assertInstalled('0.1.0');
        });
    }

    public function testARuntimeAlone(): void
    {
        $package = $this->package();
        $directory = $this->directory() . '/extensions';
        mkdir($directory);
        $options = ['runtimeOnly' => true, 'dir' => $directory];
        self::assertSame(Status::Usage, $this->install($package, $options));
        self::assertStringStartsWith('there is no ffi_zts.so in DIR/extensions, which a runtime alone is for', $this->warning());
        file_put_contents("$directory/ffi_zts.so", 'host half 0.0.9');
        self::assertSame(Status::Verification, $this->install($package, $options));
        self::assertStringStartsWith(
            'DIR/extensions/ffi_zts.so is not the ffi_zts.so of version 0.1.0, which the runtime belongs to',
            $this->warning(),
        );
        file_put_contents("$directory/ffi_zts.so", 'host half 0.1.0');
        // What `make install` has put there makes way.
        mkdir("$directory/ffi_zts/runtime", 0755, true);
        Hosts::php(
            $this->host->binary,
            'printf "%s " "$@" > ' . $this->directory() . '/arguments; for word; do :; done; printf %s "$word" | rev | tr -d "\n"',
        );
        self::assertSame(Status::Done, $this->install($package, $options), implode($this->reporter->warnings));
        self::assertSame('the engine', file_get_contents("$directory/ffi_zts/runtime/libphp.so"));
        self::assertMatchesRegularExpression(
            "~^-n -d extension='$directory/ffi_zts\.so' -d ffi_zts\.runtime='\S+/runtime' -r ~",
            (string) file_get_contents($this->directory() . '/arguments'),
        );
        self::assertSame(Status::Done, $this->install($package, $options));
        self::assertSame([], $this->reporter->steps);
    }

    /** What nobody thought of is no half-done install, and no fatal error of PHP. */
    public function testAnErrorOfTheInstallerItself(): void
    {
        $this->install($this->package('0.1.0'));
        $this->reporter = new RecordingReporter(static fn (string $step) => $step === 'Tried' ? throw new \LogicException('unthought of') : null);
        $request = new InstallRequest(new Place($this->package('0.2.0')), dir: $this->store(), cache: $this->directory() . '/cache');
        self::assertSame(Status::Internal, (new Installer($request, $this->host, $this->reporter, null))->run());
        self::assertSame(
            'the installer itself failed: LogicException: unthought of in ' . __FILE__ . ':' . (__LINE__ - 4)
                . "\n  -> what was installed before stays as it is; report this",
            $this->warning(),
        );
        $this->assertInstalled('0.1.0');
    }

    public function testBuildingIsAskedFor(): void
    {
        $package = $this->branch();
        $build = fn (): Process => $this->child($package, 'build');
        self::assertSame(Status::Internal->value, $build()->status);
        self::assertStringContainsString('there is no Makefile in ', $build()->output);
        file_put_contents("$package/Makefile", "all:\n\t@test -f ready || exit 3\n\t@touch built\n");
        self::assertSame(Status::Internal->value, $build()->status);
        self::assertStringContainsString('make failed with status 2', $build()->output);
        touch("$package/ready");
        self::assertSame(Status::Done->value, $build()->status);
        self::assertFileExists("$package/built");
    }
}
