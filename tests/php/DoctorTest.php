<?php

declare(strict_types=1);

namespace FfiZts\Tests;

use FfiZts\Command\DoctorCommand;
use FfiZts\Command\PlainOutput;
use FfiZts\Doctor\Checks;
use FfiZts\Doctor\EnableWay;
use FfiZts\Doctor\Facts;
use FfiZts\Doctor\FpmMaster;
use FfiZts\Doctor\GuestChecks;
use FfiZts\Doctor\Problem;
use FfiZts\Doctor\Severity;
use FfiZts\Install\IniLine;
use FfiZts\Install\InstalledBundle;
use FfiZts\Install\Objection;
use FfiZts\Install\OwnState;
use PHPUnit\Framework\TestCase;

/** The table of `doctor`: each kind of problem is planted as a fact, and is found alone, with its words. */
final class DoctorTest extends TestCase
{
    private const ID = 'host8.2-guest8.2-linux-x86_64-glibc';
    private const PLACE = '/app/vendor/ffi-zts/.bundles/' . self::ID;

    public function testAHostWhereAllIsWell(): void
    {
        self::assertSame([], Checks::problems(new Facts()));
    }

    /**
     * @dataProvider planted
     *
     * @param array<string, mixed> $facts
     */
    public function testFinds(string $id, array $facts, string $message, string $remedy): void
    {
        $found = Checks::problems(new Facts(...$facts));
        self::assertSame([$id], array_map(static fn (Problem $problem): string => $problem->id, $found));
        self::assertSame($message, $found[0]->message);
        self::assertSame($remedy, $found[0]->remedy);
    }

    /** @param array<string, mixed> $json */
    private static function bundle(array $json = []): InstalledBundle
    {
        $usual = ['version' => '0.1.0', 'host' => ['zend_module_api' => 20220829], 'guest' => ['version' => '8.2.32', 'zend_module_api' => 20220829],
            'floors' => ['glibc' => '2.34']];
        return new InstalledBundle(self::ID, self::PLACE, array_replace_recursive($usual, $json));
    }

    private static function line(string $file, string $target, OwnState $state = OwnState::Ours, int $number = 3): IniLine
    {
        return new IniLine($file, $number, $target, $target, $state);
    }

    /** @return iterable<string, array{string, array<string, mixed>, string, string}> */
    public static function planted(): iterable
    {
        $none = ['extension' => null, 'loadedByIni' => false, 'seen' => ['/a/ffi_zts.so', '/b/ffi_zts.so']];
        $own = __FILE__;
        yield 'thread-safe host' => ['host-zts', ['zts' => true] + $none,
            'this PHP (/usr/bin/php8.2, 8.2.30) is thread-safe itself: ffi_zts is for one that is not', 'pecl install parallel'];
        yield 'debug host' => ['host-debug', ['debug' => true] + $none,
            'this PHP (/usr/bin/php8.2, 8.2.30) is a debug build, whose structures have another layout',
            'sudo apt-get install php8.2-cli && /usr/bin/php8.2 /app/vendor/ffi-zts/ffi-zts/php/bin/ffi-zts install'];
        yield 'musl' => ['musl', ['libc' => 'musl', 'libcVersion' => null] + $none,
            'this PHP is built with musl (Alpine), and there is no bundle for it: one for glibc would crash',
            "sed -i 's/^FROM php:\\([0-9.]*-[a-z]*\\)-alpine.*/FROM php:\\1/' Dockerfile"];
        yield 'architecture' => ['arch', ['arch' => 'riscv64'], 'this machine is riscv64; the extension is for x86_64 and aarch64', 'uname -m'];
        yield 'old glibc' => ['glibc-too-old', ['bundle' => self::bundle(['floors' => ['glibc' => '2.38']])],
            'the bundle ' . self::ID . ' needs glibc 2.38, and this machine has 2.36', 'vendor/bin/ffi-zts install --build'];
        yield 'no bundle for the minor' => ['no-bundle', ['pins' => ['host8.4-guest8.4-linux-x86_64-glibc' => 'ab']] + $none,
            'this version of the package has no bundle for PHP 8.2 on x86_64', 'vendor/bin/ffi-zts install --build'];
        yield 'forbidden functions' => ['functions-forbidden', ['canStart' => false],
            'disable_functions forbids both pcntl_exec and proc_open, so that this command cannot start PHP again with the extension, nor try anything',
            '/usr/bin/php8.2 -d disable_functions= /app/vendor/ffi-zts/ffi-zts/php/bin/ffi-zts doctor'];
        yield 'confined' => ['confined', ['confined' => ['open_basedir']],
            'this command line is confined (open_basedir), so that scripts may not choose a runtime or extensions for the guest',
            'vendor/bin/ffi-zts php -d ffi_zts.allow_runtime_options=1 script.php'];
        yield 'no temporary directory' => ['no-temporary-directory', ['temporary' => '/nowhere/tmp', 'temporaryWritable' => false],
            'nothing can be written into /nowhere/tmp, the directory for temporary files', "mkdir -p '/nowhere/tmp'"];
        yield 'a temporary directory of others' => ['no-temporary-directory', ['temporary' => '/proc', 'temporaryWritable' => false],
            'nothing can be written into /proc, the directory for temporary files', "sudo chmod 1777 '/proc'"];
        yield 'another PHP than Composer\'s' => ['composer-php',
            ['bundles' => [new InstalledBundle('host8.4-guest8.4-linux-x86_64-glibc', '/x', [])]] + $none,
            'what is installed is for PHP 8.4 (the PHP of Composer?), and this one (/usr/bin/php8.2) is 8.2',
            '/usr/bin/php8.2 /app/vendor/ffi-zts/ffi-zts/php/bin/ffi-zts install'];
        yield 'an autoloader for another PHP' => ['composer-autoload', ['autoloadError' => '/app/vendor/autoload.php: no'],
            'the autoloader that Composer made does not load in this PHP (/usr/bin/php8.2): /app/vendor/autoload.php: no',
                '/usr/bin/php8.2 "$(command -v composer)" install'];
        yield 'not installed' => ['not-installed', $none, 'there is no ffi_zts.so (looked for /a/ffi_zts.so, /b/ffi_zts.so)',
            'vendor/bin/ffi-zts install'];
        yield 'not built' => ['not-installed', ['checkout' => true, 'package' => '/src'] + $none,
            'there is no ffi_zts.so (looked for /a/ffi_zts.so, /b/ffi_zts.so)', "make -C '/src'"];
        yield 'half a bundle' => ['bundle-unreadable', ['bundle' => new InstalledBundle(self::ID, self::PLACE, [])],
            self::PLACE . '/bundle.json is missing or no JSON, so that nothing says what the files should be', 'vendor/bin/ffi-zts install'];
        yield 'another API' => ['host-api', ['bundle' => self::bundle(['host' => ['zend_module_api' => 20240924]]),
            'loadError' => 'Unable to initialize module'],
            self::PLACE . '/ffi_zts.so is built for Zend API 20240924, and this PHP has 20220829',
            "rm '" . self::PLACE . "/bundle.json' && vendor/bin/ffi-zts install"];
        yield 'an old bundle' => ['bundle-old', ['bundle' => self::bundle(), 'packageVersion' => '0.2.0'],
            self::PLACE . ' is of version 0.1.0, and the package\'s is of version 0.2.0', 'vendor/bin/ffi-zts install'];
        yield 'another bundle of the same version' => ['bundle-old',
            ['bundle' => self::bundle(), 'packageVersion' => '0.1.0', 'bundleHash' => '0123456789ab', 'pins' => [self::ID => str_repeat('f', 64)]],
            self::PLACE . ' is another build, and the package\'s is of version 0.1.0', 'vendor/bin/ffi-zts install'];
        yield 'changed files' => ['file-changed', ['changed' => ['/a' => 'is missing', '/b' => 'cannot be read'], 'loadError' => 'x',
            'engine' => [self::row('libphp', 'changed')]],
            '/a is missing; /b cannot be read', 'vendor/bin/ffi-zts install'];
        yield 'a runtime of another build' => ['runtime-other-build', ['bundle' => self::bundle(), 'runtime' => ['php_version' => '8.2.30']],
            self::PLACE . '/runtime is of another build than its ffi_zts.so: version is 8.2.30, not 8.2.32',
            "rm '" . self::PLACE . "/bundle.json' && vendor/bin/ffi-zts install"];
        yield 'a missing library' => ['library-missing',
            ['missingLibraries' => ['libcurl.so.4' => '/r/ext/curl.so', 'libzip.so.4' => '/r/ext/zip.so'],
                'libraryPackages' => ['libcurl.so.4' => 'libcurl4', 'libzip.so.4' => 'libzip4']],
            'this machine lacks libcurl.so.4 (needed by /r/ext/curl.so), libzip.so.4 (needed by /r/ext/zip.so)',
                'sudo apt-get install -y libcurl4 libzip4'];
        yield 'a library of no known package' => ['library-missing', ['missingLibraries' => ['libx.so.1' => '/r/x.so'], 'user' => 0],
            'this machine lacks libx.so.1 (needed by /r/x.so)', 'vendor/bin/ffi-zts install'];
        yield 'wrong owner' => ['wrong-owner', ['objection' => new Objection('/r/libphp.so', 'belongs to uid 7', "chown root '/r/libphp.so'"),
            'user' => 0],
            '/r/libphp.so belongs to uid 7, so that the extension opens nothing of the runtime', "chown root '/r/libphp.so'"];
        yield 'wrong mode' => ['wrong-mode', ['objection' => new Objection('/r', 'can be changed by others (mode 0777)', "chmod go-w '/r'")],
            '/r can be changed by others (mode 0777), so that the extension opens nothing of the runtime', posix_geteuid() === 0 ? "chmod go-w '/r'"
                : "sudo chmod go-w '/r'"];
        yield 'an old copy of the system\'s' => ['system-copy-old', ['systemCopy' => '/usr/lib/php/x/ffi_zts/y', 'systemCopyCurrent' => false],
            'the copy in the extension directory (/usr/lib/php/x/ffi_zts/y) is not the one that is installed, or was changed',
                'sudo vendor/bin/ffi-zts enable --system'];
        yield 'a blocked plugin' => ['plugin-blocked', ['pluginAllowed' => false],
            'composer.json does not allow the plugin ffi-zts/ffi-zts, so that updates of the package wait for `vendor/bin/ffi-zts install`',
            'composer config allow-plugins.ffi-zts/ffi-zts true'];
        yield 'extension_dir of another API' => ['extension-dir', ['extensionDir' => '/usr/lib/php/20210902',
            'settings' => ['extension_dir' => self::line($own, '', OwnState::Foreign, 5)]],
            "extension_dir (/usr/lib/php/20210902) is for Zend API 20210902, and this PHP has 20220829; $own:5 sets it",
                "sed -i --follow-symlinks '5s/^/;/' '$own'"];
        yield 'extension_dir that is not there' => ['extension-dir', ['extensionDir' => '/nowhere', 'extensionDirExists' => false],
            'extension_dir (/nowhere) does not exist', '/usr/bin/php8.2 -n -i | grep ^extension_dir'];
        yield 'a stale line of ours' => ['line-stale', ['lines' => [self::line($own, '/gone.so')], 'loadedByIni' => false],
            "$own:3 loads /gone.so, and there is no /gone.so: every php of this machine warns", 'vendor/bin/ffi-zts enable'];
        yield 'a stale line of others' => ['line-stale', ['lines' => [self::line($own, '/gone.so', OwnState::Foreign)]],
            "$own:3 loads /gone.so, and there is no /gone.so: every php of this machine warns", "sed -i --follow-symlinks '3s/^/;/' '$own'"];
        yield 'two lines' => ['line-duplicate', ['lines' => [self::line($own, $own, OwnState::Foreign, 1), self::line($own, $own)],
            'extension' => $own],
            "$own:1 and $own:3 both load ffi_zts: PHP warns of the second", "sed -i --follow-symlinks '1s/^/;/' '$own'"];
        yield 'an edited file' => ['line-edited', ['lines' => [self::line($own, $own, OwnState::Edited)], 'extension' => $own],
            "$own was edited since `enable` wrote it, and neither `enable` nor `disable` touches it any more",
                "rm '$own' && vendor/bin/ffi-zts enable"];
        yield 'a line of others' => ['line-foreign', ['lines' => [self::line($own, $own, OwnState::Foreign)], 'extension' => __DIR__
            . '/Process.php'],
            "$own:3, which is not ours, loads $own, and not the " . __DIR__ . '/Process.php of this package',
                "sed -i --follow-symlinks '3s/^/;/' '$own' && vendor/bin/ffi-zts enable"];
        yield 'an ini file that others may write' => ['ini-writable',
            ['iniObjection' => new Objection('/etc/x.ini', 'can be changed by others (mode 0666)', "chmod go-w '/etc/x.ini'")],
            "the ini file that loads ffi_zts is not root's alone: /etc/x.ini can be changed by others (mode 0666)", "sudo chmod go-w '/etc/x.ini'"];
        yield 'a target that others may write' => ['ini-target-writable',
            ['targetObjection' => new Objection('/home/a', 'belongs to uid 1000', ''), 'lines' => [self::line($own, $own)], 'extension' => $own],
            "an ini file of root's loads $own, and /home/a belongs to uid 1000", 'sudo vendor/bin/ffi-zts enable --system'];
        yield 'an extension that does not load' => ['load-failed', ['loadError' => 'Unable to load it', 'loadedByIni' => false,
            'lines' => [self::line($own, $own)], 'extension' => $own],
            "PHP does not load $own: Unable to load it", 'vendor/bin/ffi-zts install'];
        yield 'not enabled' => ['not-enabled', ['loadedByIni' => false],
            '/usr/bin/php8.2 does not load the extension by itself (`vendor/bin/ffi-zts php script.php` does)', 'vendor/bin/ffi-zts enable'];
        foreach (['sudo vendor/bin/ffi-zts enable' => EnableWay::Root, 'sudo vendor/bin/ffi-zts enable --system' => EnableWay::Copy,
            'export "$(vendor/bin/ffi-zts env)"' => EnableWay::Environment] as $remedy => $way) {
            yield "not enabled, $way->name" => ['not-enabled', ['loadedByIni' => false, 'enableWay' => $way],
                '/usr/bin/php8.2 does not load the extension by itself (`vendor/bin/ffi-zts php script.php` does)', $remedy];
        }
        yield 'a SAPI without' => ['sapi-without', ['sapisWithout' => ['fpm'], 'lines' => [self::line($own, $own)]],
            'the command line loads ffi_zts, and fpm does not',
            'sudo vendor/bin/ffi-zts enable --sapi=fpm'];
        yield 'an old FPM' => ['fpm-stale', ['fpm' => [new FpmMaster(7, '/x/ffi_zts.so', true, 'php8.2-fpm.service')]],
            'FPM (process 7) has loaded a /x/ffi_zts.so that is not there any more: it was not restarted since',
                'sudo systemctl restart php8.2-fpm.service'];
        yield 'an FPM that was not restarted' => ['fpm-not-restarted',
            ['fpm' => [new FpmMaster(7, null, false, null)], 'fpmEnabled' => true, 'user' => 0],
            'FPM (process 7) is configured to load ffi_zts and has not: it was not restarted since', 'kill -USR2 7'];
        yield 'a guest with less' => ['guest-lacks', ['hostExtensions' => ['Core', 'Zend OPcache', 'gd', 'pcntl', 'intl'],
            'guestExtensions' => ['core', 'opcache']],
            'loaded here, and not to be had in a guest: gd, intl', 'for name in gd intl; do vendor/bin/ffi-zts build $name || break; done'];
        yield 'a guest with less, of a bundle' => ['guest-lacks', ['hostExtensions' => ['gd'], 'guestExtensions' => ['core'], 'canBuild' => false],
            'loaded here, and not to be had in a guest: gd', 'vendor/bin/ffi-zts install --build && vendor/bin/ffi-zts build gd'];
    }

    /** @return array{check: string, ok: bool, detail: string, remedy: ?string} */
    private static function row(string $check, string $detail, ?string $remedy = null): array
    {
        return ['check' => $check, 'ok' => false, 'detail' => $detail, 'remedy' => $remedy];
    }

    public function testEachKindIsPlanted(): void
    {
        $planted = array_unique(array_map(static fn (array $set): string => $set[0], iterator_to_array(self::planted(), false)));
        sort($planted);
        $known = array_keys(Checks::all());
        sort($known);
        self::assertSame($known, $planted);
        self::assertGreaterThanOrEqual(20, count($known));
    }

    /**
     * @dataProvider engineRows
     *
     * @param array<string, IniLine> $settings
     */
    public function testWhatTheExtensionFinds(string $id, array $row, string $remedy, array $settings = []): void
    {
        $facts = new Facts(settings: $settings, engine: [$row, ['check' => 'boot', 'ok' => true, 'detail' => '', 'remedy' => null]]);
        self::assertSame([[$id, "{$row['check']}: {$row['detail']}", $remedy]], array_map(
            static fn (Problem $problem): array => [$problem->id, $problem->message, $problem->remedy],
            GuestChecks::engine($facts),
        ));
    }

    /** @return iterable<string, array{string, array<string, mixed>, string}> */
    public static function engineRows(): iterable
    {
        $lines = ['ffi_zts.threads' => self::line(__FILE__, '', OwnState::Foreign, 4),
            'ffi_zts.ini' => self::line(__FILE__, '', OwnState::Foreign, 5)];
        $comment = static fn (int $number): string => "sed -i --follow-symlinks '{$number}s/^/;/' '" . __FILE__ . "'";
        yield 'allocator' => ['allocator', self::row('allocator', 'jemalloc', 'start PHP without it'), 'env -u LD_PRELOAD vendor/bin/ffi-zts doctor'];
        yield 'cache' => ['cache', self::row('cache', 'read-only', 'mkdir x'), 'mkdir x'];
        yield 'runtime' => ['runtime', self::row('runtime', 'gone', 'build it with make'), 'vendor/bin/ffi-zts install'];
        yield 'libphp' => ['libphp', self::row('libphp', 'mode', "chmod go-w '/l'"), "sudo chmod go-w '/l'"];
        yield 'guest half' => ['guest-half', self::row('guest half', 'gone'), 'vendor/bin/ffi-zts install'];
        yield 'an extension' => ['guest-extension', self::row('extension apcu', 'NTS', 'ffi-zts build apcu'), 'ffi-zts build apcu'];
        yield 'opcache' => ['opcache-down', self::row('boot', 'opcache did not start: no memory', 'change it'), $comment(5), $lines];
        yield 'JIT' => ['opcache-down', self::row('boot', 'the JIT is asked for and not active', 'change it'), 'vendor/bin/ffi-zts doctor'];
        yield 'boot' => ['boot', self::row('boot', 'ffi_zts.threads is odd', 'change it'), $comment(4), $lines];
        yield 'boot, by another' => ['boot', self::row('boot', 'no', 'change it'), $comment(4), ['ffi_zts.threads' => $lines['ffi_zts.threads']]];
    }

    public function testALineOfOursWithoutAnExtensionIsTakenAway(): void
    {
        $found = Checks::problems(new Facts(extension: null, loadedByIni: false, seen: ['/a'], lines: [self::line(__FILE__, '/gone.so')]));
        self::assertSame(
            ['not-installed' => 'vendor/bin/ffi-zts install', 'line-stale' => 'vendor/bin/ffi-zts disable'],
            array_column(array_map(static fn (Problem $problem): array => [$problem->id, $problem->remedy], $found), 1, 0),
        );
    }

    public function testAsText(): void
    {
        $facts = new Facts(engine: [['check' => 'boot', 'ok' => true, 'detail' => 'PHP 8.2.32', 'remedy' => null]]);
        $well = "ok    host              /usr/bin/php8.2, PHP 8.2.30, NTS, x86_64, glibc 2.36\n"
            . "ok    extension         $facts->extension, loaded by php itself\nok    boot              PHP 8.2.32\n";
        $output = new PlainOutput();
        $note = Problem::note('a-note', 'odd', 'look');
        $bad = new Problem('a-problem', 'broken', 'mend it');
        self::assertSame($well . "All is well.\n", DoctorCommand::text($facts, [], $output));
        self::assertSame($well . "note  a-note            odd\n        -> look\nAll is well.\n", DoctorCommand::text($facts, [$note], $output));
        self::assertSame($well . "BAD   a-problem         broken\n        -> mend it\nThere is a problem.\n",
            DoctorCommand::text($facts, [$bad], $output));
        self::assertStringEndsWith("There are 2 problems.\n", DoctorCommand::text($facts, [$bad, $bad, $note], $output));
        self::assertSame([true, true, false], [DoctorCommand::healthy([]), DoctorCommand::healthy([$note]), DoctorCommand::healthy([$note, $bad])]);
        self::assertSame(
            ['id' => 'a-note', 'severity' => 'note', 'message' => 'odd', 'remedy' => 'look'],
            DoctorCommand::data($facts, [$note])['problems'][0],
        );
    }

    public function testNotesComeLast(): void
    {
        $found = Checks::problems(new Facts(confined: ['open_basedir'], loadedByIni: false));
        self::assertSame([Severity::Problem, Severity::Note], array_map(static fn (Problem $problem): Severity => $problem->severity, $found));
    }
}
