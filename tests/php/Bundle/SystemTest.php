<?php

declare(strict_types=1);

namespace FfiZts\Tests\Bundle;

use FfiZts\Bundle\Description;
use FfiZts\Bundle\Disk;
use FfiZts\Bundle\InstallError;
use FfiZts\Bundle\Libraries;
use FfiZts\Bundle\PlainReporter;
use FfiZts\Bundle\Status;
use FfiZts\Bundle\Trial;
use FfiZts\Tests\Process;
use FfiZts\Tests\TemporaryDirectory;
use PHPUnit\Framework\TestCase;

/** Libraries, disks, children and terminals. */
final class SystemTest extends TestCase
{
    use TemporaryDirectory;

    private static function elf(int $machine): string
    {
        return "\x7fELF\2\1\1" . str_repeat("\0", 9) . pack('vv', 3, $machine);
    }

    public function testLibrariesAreFoundAsTheLinkerFindsThem(): void
    {
        $directory = $this->directory();
        file_put_contents("$directory/libx.so.1", self::elf(62));
        file_put_contents("$directory/liby.so.1", self::elf(183));
        file_put_contents("$directory/libtext.so.1", 'INPUT(libx.so.1)');
        $cache = "glibc-ld.so.cache1.1\0$directory/libx.so.1\0$directory/liby.so.1\0$directory/libgone.so.1\0$directory/libtext.so.1\0";
        $libraries = new Libraries('x86_64', $cache, []);
        self::assertTrue($libraries->has('libx.so.1'));
        self::assertFalse($libraries->has('liby.so.1'), 'of another architecture');
        self::assertFalse($libraries->has('libgone.so.1'), 'removed since');
        self::assertFalse($libraries->has('libtext.so.1'), 'no library');
        self::assertFalse($libraries->has('x.so.1'), 'the end of a name');
        self::assertFalse($libraries->has('libx.so.'));
        self::assertTrue((new Libraries('x86_64', '', [$directory]))->has('libx.so.1'));
        self::assertTrue((new Libraries('aarch64', $cache, []))->has('liby.so.1'));
        self::assertTrue(Libraries::ofSystem(php_uname('m'), null)->has('libc.so.6'));
        self::assertTrue(Libraries::ofSystem(php_uname('m'), "::$directory")->has(php_uname('m') === 'x86_64' ? 'libx.so.1' : 'liby.so.1'));
        self::assertFalse(Libraries::ofSystem(php_uname('m'), null)->has('libnothere.so.9'));
    }

    public function testADiskThatIsFull(): void
    {
        $file = Disk::open('/dev/full', 'wb');
        $this->expectExceptionObject(new InstallError(Status::CannotWrite, 'cannot write /dev/full: No space left on device'));
        Disk::write($file, 'x', '/dev/full');
    }

    public function testADirectoryIsRemovedButNotWhatItsLinksLeadTo(): void
    {
        mkdir($this->directory() . '/a/b', 0755, true);
        touch($this->directory() . '/kept');
        mkdir($this->directory() . '/also');
        touch($this->directory() . '/also/kept');
        symlink($this->directory() . '/kept', $this->directory() . '/a/b/file');
        symlink($this->directory() . '/also', $this->directory() . '/a/b/directory');
        symlink('/nowhere', $this->directory() . '/a/b/dangling');
        Disk::remove($this->directory() . '/a');
        Disk::remove($this->directory() . '/a');
        self::assertFileDoesNotExist($this->directory() . '/a');
        self::assertFileExists($this->directory() . '/kept');
        self::assertFileExists($this->directory() . '/also/kept');
    }

    public function testATrialThatDoesNotEnd(): void
    {
        $bundle = Description::parse((string) json_encode((new BundleMaker())->json()), 'b');
        $php = Hosts::php($this->directory() . '/php', 'echo begun; exec sleep 60');
        try {
            (new Trial($php, 0.3))->run('/x/ffi_zts.so', null, $bundle);
            self::fail('it ended');
        } catch (InstallError $error) {
            self::assertSame("the bundle was tried and did not come up: $php gave no result within 0.3 s:\n    begun", $error->getMessage());
        }
    }

    /** What is set for programs of the user must not choose another runtime, or keep the trial from one. */
    public function testATrialHasNoSettingsOfTheUsers(): void
    {
        $bundle = Description::parse((string) json_encode((new BundleMaker())->json()), 'b');
        $php = Hosts::php($this->directory() . '/php', 'env | grep FFI_ZTS_ && exit 1; for word; do :; done; printf %s "$word" | rev | tr -d "\n"');
        putenv('FFI_ZTS_TEST=1');
        try {
            (new Trial($php))->run('/x/ffi_zts.so', null, $bundle);
            $this->expectExceptionMessage("there is no {$this->directory()}/none to try the bundle with");
            (new Trial($this->directory() . '/none'))->run('/x/ffi_zts.so', null, $bundle);
        } finally {
            putenv('FFI_ZTS_TEST');
        }
    }

    public function testTheReporterInLines(): void
    {
        $output = fopen('php://memory', 'w+');
        $errors = fopen('php://memory', 'w+');
        $reporter = new PlainReporter($output, $errors, false);
        $reporter->downloading('f', 5_900_000, 0, 'https://a/f');
        $reporter->progress(100, 5_900_000);
        $reporter->detail('not told');
        $reporter->downloading('f', 5_900_000, 4_194_304, 'https://b/f');
        $reporter->downloaded('f', 5_900_000);
        $reporter->warning('bad');
        rewind($output);
        rewind($errors);
        self::assertSame(
            "Downloading 5.9 MB: https://a/f\nDownloading 5.9 MB, of which 4.2 MB are here: https://b/f\nDownloaded and verified: f\n",
            stream_get_contents($output),
        );
        self::assertSame("ffi-zts: bad\n", stream_get_contents($errors));
    }

    public function testTheReporterOnATerminal(): void
    {
        $output = fopen('php://memory', 'w+');
        $reporter = new PlainReporter($output, $output, true, true);
        $reporter->progress(1_000, 4_000);
        // Too soon after the first to be told, but for the last.
        $reporter->progress(2_000, 4_000);
        $reporter->progress(4_000, 4_000);
        $reporter->detail('more');
        $reporter->progress(500, 0);
        rewind($output);
        $text = (string) stream_get_contents($output);
        self::assertStringStartsWith("\r  1.0 kB of 4.0 kB   25 %\e[K\r  4.0 kB of 4.0 kB  100 %\e[K\r\e[K  more\n", $text);
    }

    /** What is pinned needs no ext-sodium; what is not says so before anything is fetched. */
    public function testWithoutSodium(): void
    {
        mkdir($this->directory() . '/package');
        Process::run(['cp', '-a', Process::root() . '/php', $this->directory() . '/package']);
        $php = [PHP_BINARY, '-n', '-d', 'disable_functions=sodium_crypto_sign_verify_detached'];
        $install = fn (string ...$arguments): Process => Process::run(
            [...$php, $this->directory() . '/package/php/bin/ffi-zts', 'install', ...$arguments],
            '',
            ['COMPOSER_CACHE_DIR' => $this->directory() . '/cache', 'FFI_ZTS_SKIP' => null, 'FFI_ZTS_MIRROR' => null],
        );
        $name = (new BundleMaker())->name();
        $refused = $install('--from', "http://127.0.0.1:1/$name", '--target', BundleMaker::ID);
        self::assertSame([65, ''], [$refused->status, $refused->output]);
        self::assertSame(
            "ffi-zts: http://127.0.0.1:1/$name is not pinned by this package, and this PHP has no ext-sodium to verify its signature\n"
                . "  -> install ext-sodium, or download the bundle yourself and give it to ffi-zts install --from FILE\n",
            $refused->errors,
        );
        $other = new BundleMaker('0.1.0', 'host9.9-guest9.9-linux-x86_64-glibc');
        $archive = $other->write($this->directory());
        BundleMaker::package($this->directory() . '/package', BundleMaker::manifest([$this->directory()], [$archive]));
        $pinned = $install('--target', '9.9');
        self::assertSame([0, ''], [$pinned->status, $pinned->errors]);
    }

    public function testWithoutZlib(): void
    {
        $file = (new BundleMaker())->write($this->directory());
        $code = 'require $argv[1];
            try {
                FfiZts\Bundle\Archive::check($argv[2]);
            } catch (FfiZts\Bundle\InstallError $error) {
                echo $error->text();
            }';
        $run = Process::run([PHP_BINARY, '-n', '-d', 'disable_functions=inflate_init', '-r', $code, Process::root() . '/php/autoload.php', $file]);
        self::assertSame(
            "this PHP has no ext-zlib, which unpacks the bundle\n  -> install ext-zlib, it is part of every distribution of PHP",
            $run->output,
        );
    }

    /** The command as a user runs it, by a PHP that has read no ini file. */
    public function testTheCommand(): void
    {
        mkdir($this->directory() . '/package/resources', 0755, true);
        Process::run(['cp', '-a', Process::root() . '/php', $this->directory() . '/package']);
        $run = fn (string ...$arguments): Process => Process::run(
            [PHP_BINARY, '-n', $this->directory() . '/package/php/bin/ffi-zts', 'install', ...$arguments],
            '',
            ['COMPOSER_CACHE_DIR' => $this->directory() . '/cache', 'FFI_ZTS_SKIP' => null, 'FFI_ZTS_MIRROR' => null],
        );
        $branch = $run();
        self::assertSame([78, ''], [$branch->status, $branch->output]);
        self::assertStringStartsWith('ffi-zts: not installed (no-bundle): this package (', $branch->errors);
        self::assertSame([64, ''], [$run('--nonsense')->status, $run('--nonsense')->output]);
        $file = (new BundleMaker('0.1.0', 'host' . Hosts::minor() . '-guest' . Hosts::minor() . '-linux-' . php_uname('m') . '-glibc'))->write(
            $this->directory(),
        );
        $tried = $run('--from', $file);
        self::assertSame(65, $tried->status, $tried->errors);
        self::assertStringContainsString('the bundle was tried and did not come up: ' . PHP_BINARY . ' ended with the status 255', $tried->errors);
        self::assertStringContainsString('ffi_zts.so: file too short', $tried->errors);
        self::assertSame(['.lock'], array_values(array_diff(scandir($this->directory() . '/.bundles') ?: [], ['.', '..'])));
        $other = $run('--from', (new BundleMaker('0.1.0', 'host9.9-guest9.9-linux-x86_64-glibc'))->write($this->directory()), '--target', '9.9');
        self::assertSame([0, ''], [$other->status, $other->errors]);
    }
}
