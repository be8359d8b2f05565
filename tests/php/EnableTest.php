<?php

declare(strict_types=1);

namespace FfiZts\Tests;

use FfiZts\Install\OwnFile;
use FfiZts\Install\OwnState;
use PHPUnit\Framework\TestCase;

/** `enable`, `disable` and `uninstall` on the ini directories of Debian, of the official images, and of others. */
final class EnableTest extends TestCase
{
    use TemporaryDirectory;

    private Project $project;

    protected function setUp(): void
    {
        if (!Project::isBuilt()) {
            self::markTestSkipped('the extension or its runtime has not been built');
        }
        $this->project = new Project($this->directory() . '/project', false);
        $this->project->unpack();
    }

    private function debian(): IniTree
    {
        if (!is_file('/usr/sbin/phpenmod') || !is_file('/usr/lib/php/' . Project::minor() . '/sapi/cli')) {
            self::markTestSkipped('there is no phpenmod here');
        }
        return IniTree::debian($this->directory() . '/debian');
    }

    /** @return list<string> all paths below a directory */
    private static function paths(string $directory): array
    {
        $found = explode("\n", trim(Process::run(['find', $directory, '!', '-type', 'd'])->output));
        sort($found);
        return array_values(array_filter($found));
    }

    private function isLoaded(IniTree $tree): bool
    {
        $asked = Process::run([PHP_BINARY, '-r', 'exit(extension_loaded("ffi_zts") ? 0 : 1);'], '', $tree->environment);
        self::assertSame(['', ''], [$asked->output, $asked->errors]);
        return $asked->status === 0;
    }

    public function testDebian(): void
    {
        $tree = $this->debian();
        $available = "$tree->directory/mods-available/ffi_zts.ini";
        $link = "$tree->scan/30-ffi_zts.ini";
        $enabled = $this->project->run(['enable'], $tree->environment);
        self::assertSame([0, ''], [$enabled->status, $enabled->errors]);
        self::assertSame("$available loads {$this->project->extension()}\nA fresh cli process has loaded ffi_zts.\n", $enabled->output);
        self::assertStringEndsWith("\n; priority=30\nextension={$this->project->extension()}\n", (string) file_get_contents($available));
        self::assertSame(0644, fileperms($available) & 0777);
        self::assertSame($available, readlink($link));
        self::assertTrue($this->isLoaded($tree));

        $again = $this->project->run(['enable'], $tree->environment);
        self::assertSame([0, $enabled->output, ''], [$again->status, $again->output, $again->errors]);

        $disabled = $this->project->run(['disable'], $tree->environment);
        self::assertSame([0, "cli does not load ffi_zts any more: removed $link\n", ''], [$disabled->status, $disabled->output, $disabled->errors]);
        self::assertFalse(file_exists($available) || is_link($link));
        self::assertFalse($this->isLoaded($tree));

        $nothing = $this->project->run(['disable'], $tree->environment);
        self::assertSame([0, "Nothing of ours is enabled.\n", ''], [$nothing->status, $nothing->output, $nothing->errors]);
    }

    public function testDebiansFpm(): void
    {
        $tree = $this->debian();
        if (Process::run(['sh', '-c', 'PATH=$PATH:/usr/sbin; command -v php-fpm' . Project::minor()])->status !== 0) {
            self::markTestSkipped('there is no FPM here');
        }
        $enabled = $this->project->run(['enable', '--sapi=fpm'], $tree->environment);
        self::assertSame([0, ''], [$enabled->status, $enabled->errors]);
        self::assertStringContainsString("A fresh fpm process has loaded ffi_zts.\nRestart FPM: ", $enabled->output);
        self::assertTrue(is_link("$tree->directory/fpm/conf.d/30-ffi_zts.ini"));
        self::assertFalse(is_link("$tree->scan/30-ffi_zts.ini"), 'the command line is another SAPI');
        self::assertSame(0, $this->project->run(['enable'], $tree->environment)->status);

        // The file is of both; the first to go takes its link only.
        self::assertSame(0, $this->project->run(['disable', '--sapi', 'fpm'], $tree->environment)->status);
        self::assertFalse(is_link("$tree->directory/fpm/conf.d/30-ffi_zts.ini"));
        self::assertTrue($this->isLoaded($tree));
        self::assertSame(0, $this->project->run(['enable', '--sapi=fpm'], $tree->environment)->status);
        $all = $this->project->run(['disable', '--all'], $tree->environment);
        self::assertSame([0, ''], [$all->status, $all->errors]);
        self::assertStringContainsString('cli does not load', $all->output);
        self::assertStringContainsString('fpm does not load', $all->output);
        self::assertFileDoesNotExist("$tree->directory/mods-available/ffi_zts.ini");
    }

    public function testASapiThatIsNotThere(): void
    {
        $tree = $this->debian();
        foreach (['enable', 'disable'] as $command) {
            $refused = $this->project->run([$command, '--sapi=../cli'], $tree->environment);
            self::assertSame([64, ''], [$refused->status, $refused->output]);
            self::assertSame(
                "ffi-zts: this PHP has no configuration directory for the SAPI ../cli (there are: cli, fpm) (ffi-zts --help lists what there is)\n",
                $refused->errors,
            );
        }
    }

    /** @dataProvider singleDirectories */
    public function testOneDirectoryForAll(string $kind, string $name): void
    {
        $tree = IniTree::$kind($this->directory() . '/root');
        $file = "$tree->scan/$name";
        $dry = $this->project->run(['enable', '--dry-run'], $tree->environment);
        self::assertSame([0, "Would write $file:\n\n    extension={$this->project->extension()}\n\n", ''],
            [$dry->status, $dry->output, $dry->errors]);
        self::assertSame([], self::paths($tree->scan));
        $enabled = $this->project->run(['enable'], $tree->environment);
        self::assertSame([0, ''], [$enabled->status, $enabled->errors]);
        self::assertSame([$file], self::paths($tree->scan));
        self::assertTrue($this->isLoaded($tree));
        $disabled = $this->project->run(['disable'], $tree->environment);
        self::assertSame([0, "cli does not load ffi_zts any more: removed $file\n"], [$disabled->status, $disabled->output]);
        self::assertSame([], self::paths($tree->scan));
    }

    /** @return iterable<string, array{string, string}> */
    public static function singleDirectories(): iterable
    {
        yield 'official images' => ['official', 'docker-php-ext-ffi_zts.ini'];
        yield 'others' => ['plain', '30-ffi_zts.ini'];
    }

    public function testWithoutADirectoryTheLineIsPrinted(): void
    {
        // proc_open() passes over a variable that is empty.
        $command = ['env', 'PHP_INI_SCAN_DIR=', PHP_BINARY, 'vendor/bin/ffi-zts', 'enable'];
        $told = Process::run($command, '', ['FFI_ZTS_EXTENSION' => null], $this->project->directory);
        self::assertSame([73, "extension={$this->project->extension()}\n"], [$told->status, $told->output]);
        self::assertStringStartsWith(
            'ffi-zts: this PHP scans no directory for ini files, and a php.ini is not ours to write. Put the line above into ',
            $told->errors,
        );
    }

    /** @dataProvider foreignFiles */
    public function testAFileThatIsNotOursIsLeftAlone(string $content, string $message): void
    {
        $tree = IniTree::plain($this->directory() . '/root');
        $file = "$tree->scan/30-ffi_zts.ini";
        $content = strtr($content, ['OURS' => OwnFile::text('extension=' . $this->project->extension())]);
        file_put_contents($file, $content);
        foreach (['enable', 'disable'] as $command) {
            $refused = $this->project->run([$command], $tree->environment);
            self::assertSame([73, '', "ffi-zts: $file $message\n"], [$refused->status, $refused->output, $refused->errors]);
        }
        self::assertSame([$file], self::paths($tree->scan));
        self::assertSame($content, file_get_contents($file));
    }

    /** @return iterable<string, array{string, string}> */
    public static function foreignFiles(): iterable
    {
        yield 'another' => ["; nothing\n", 'is not ours: it lacks the mark of `ffi-zts enable`. Remove it yourself, or leave it'];
        yield 'empty' => ['', 'is not ours: it lacks the mark of `ffi-zts enable`. Remove it yourself, or leave it'];
        yield 'edited' => ["OURSffi_zts.threads=4\n", 'was edited since `ffi-zts enable` wrote it: remove it yourself'];
    }

    public function testALineOfSomebodyElseIsNotDoubled(): void
    {
        $tree = IniTree::plain($this->directory() . '/root');
        file_put_contents("$tree->scan/99-site.ini", "; site\n extension = \"" . Process::extension() . "\"\n");
        $refused = $this->project->run(['enable'], $tree->environment);
        self::assertSame([73, ''], [$refused->status, $refused->output]);
        self::assertSame("ffi-zts: $tree->scan/99-site.ini:2 loads ffi_zts already (extension=" . Process::extension()
            . '), and PHP would warn of a second line. '
            . "Make a comment of it first: sed -i --follow-symlinks '2s/^/;/' '$tree->scan/99-site.ini'\n", $refused->errors);
        self::assertSame(["$tree->scan/99-site.ini"], self::paths($tree->scan));
    }

    /** @dataProvider trees */
    public function testWhatDoesNotLoadIsTakenBack(string $kind): void
    {
        $tree = $kind === 'debian' ? $this->debian() : IniTree::$kind($this->directory() . '/root');
        file_put_contents($broken = $this->directory() . '/ffi_zts.so', 'no library');
        $environment = $tree->environment + ['FFI_ZTS_EXTENSION' => $broken];
        $before = self::paths($tree->directory);
        $refused = $this->project->run(['enable'], $environment);
        self::assertSame([73, ''], [$refused->status, $refused->output]);
        self::assertStringStartsWith("ffi-zts: a fresh cli process did not load $broken, so nothing was changed. It said:\n", $refused->errors);
        self::assertStringContainsString('Unable to load dynamic library', $refused->errors);
        self::assertSame($before, self::paths($tree->directory));

        // What was there before is there again.
        self::assertSame(0, $this->project->run(['enable'], $tree->environment)->status);
        $before = array_map(file_get_contents(...), self::paths($tree->directory));
        self::assertSame(73, $this->project->run(['enable'], $environment)->status);
        self::assertSame($before, array_map(file_get_contents(...), self::paths($tree->directory)));
        self::assertTrue($this->isLoaded($tree));
    }

    /** @return iterable<string, array{string}> */
    public static function trees(): iterable
    {
        yield 'debian' => ['debian'];
        yield 'official' => ['official'];
        yield 'plain' => ['plain'];
    }

    public function testAManagerThatFails(): void
    {
        $tree = $this->debian();
        file_put_contents($this->directory() . '/debian/sbin/phpenmod', "#!/bin/sh\necho it is Monday\nexit 3\n");
        $refused = $this->project->run(['enable'], $tree->environment);
        self::assertSame([73, ''], [$refused->status, $refused->output]);
        self::assertSame('ffi-zts: phpenmod -v ' . Project::minor() . " -s cli ffi_zts failed with status 3: it is Monday\n", $refused->errors);
        self::assertSame([], self::paths($tree->directory));
    }

    public function testADirectoryThatCannotBeWritten(): void
    {
        $tree = IniTree::plain($this->directory() . '/root');
        Process::run(['rm', '-r', $tree->scan]);
        symlink('/proc/self', $tree->scan);
        $refused = $this->project->run(['enable'], $tree->environment);
        self::assertSame([73, ''], [$refused->status, $refused->output]);
        self::assertMatchesRegularExpression("~^ffi-zts: cannot write $tree->scan/30-ffi_zts.ini: .+\n$~D", $refused->errors);
    }

    /** A line of root's never leads where others may write. */
    public function testAPlaceThatOthersMayWrite(): void
    {
        $tree = IniTree::plain($this->directory() . '/root');
        $runtime = $this->project->bundles() . '/' . Project::id() . '/runtime';
        foreach ([[$runtime, 'runtime'], [$this->project->directory, 'project'], ["$runtime/libphp.so", 'libphp.so']] as [$path, $name]) {
            chmod($path, 0777);
            $refused = $this->project->run(['enable'], $tree->environment);
            self::assertSame([73, ''], [$refused->status, $refused->output]);
            self::assertMatchesRegularExpression("~^ffi-zts: \S+ would have PHP load \S+, and \S+/$name can be changed by others \(mode 0777\)\. "
                . '`ffi-zts enable --system`, as root, makes a copy that root owns and loads that' . "\n$~D", $refused->errors);
            self::assertSame([], self::paths($tree->scan));
            chmod($path, 0755);
        }
        self::assertSame(0, $this->project->run(['enable'], $tree->environment)->status);
    }

    private function needsRoot(): void
    {
        if (posix_geteuid() !== 0) {
            self::markTestSkipped('this needs root');
        }
    }

    public function testTheSystemsCopy(): void
    {
        $this->needsRoot();
        $tree = IniTree::plain($this->directory() . '/root');
        mkdir($extensions = $this->directory() . '/extensions');
        file_put_contents("$tree->scan/10-dir.ini", "extension_dir=$extensions\n");
        // What others own or may write is copied from, and not loaded.
        Process::run(['chown', '-R', '54321', $this->project->directory]);
        self::assertSame(73, $this->project->run(['enable'], $tree->environment)->status);
        $enabled = $this->project->run(['enable', '--system'], $tree->environment);
        self::assertSame([0, ''], [$enabled->status, $enabled->errors]);
        self::assertStringEndsWith("\nextension=ffi_zts.so\n", (string) file_get_contents("$tree->scan/30-ffi_zts.ini"));
        self::assertTrue($this->isLoaded($tree));
        self::assertSame('', Process::run(['find', $extensions, '!', '-user', 'root', '-o', '-perm', '/022', '!', '-type', 'l'])->output);
        $boots = Process::run([PHP_BINARY, '-r', '$future = FfiZts::boot()->run(fn () => constant("PHP_ZTS")); echo $future->await();'], '',
            $tree->environment);
        self::assertSame([0, '1', ''], [$boots->status, $boots->output, $boots->errors]);

        // The same is left alone; another bundle takes its place whole, and nothing of the former is left.
        $first = self::paths($extensions);
        self::assertSame(0, $this->project->run(['enable', '--system'], $tree->environment)->status);
        self::assertSame($first, self::paths($extensions));
        $this->project->unpack(['version' => '0.1.1'], 'fedcba987654');
        self::assertSame(0, $this->project->run(['enable', '--system'], $tree->environment)->status);
        self::assertCount(count($first), self::paths($extensions));
        self::assertNotSame($first, self::paths($extensions));

        $disabled = $this->project->run(['disable'], $tree->environment);
        self::assertSame([0, ''], [$disabled->status, $disabled->errors]);
        self::assertSame([], self::paths($extensions));
        self::assertFalse($this->isLoaded($tree));
    }

    public function testTheSystemsCopyIsNotWrittenOverOthers(): void
    {
        $this->needsRoot();
        $tree = IniTree::plain($this->directory() . '/root');
        mkdir($extensions = $this->directory() . '/extensions');
        file_put_contents("$tree->scan/10-dir.ini", "extension_dir=$extensions\n");
        touch("$extensions/ffi_zts.so");
        $refused = $this->project->run(['enable', '--system'], $tree->environment);
        self::assertSame([73, ''], [$refused->status, $refused->output]);
        self::assertSame("ffi-zts: $extensions/ffi_zts.so is not ours (make install, or a package, may have put it there): remove it first\n",
            $refused->errors);
        unlink("$extensions/ffi_zts.so");
        chmod($extensions, 0775);
        $refused = $this->project->run(['enable', '--system'], $tree->environment);
        self::assertSame("ffi-zts: the extension directory $extensions is no place for it: $extensions can be changed by others (mode 0775)\n",
            $refused->errors);
        self::assertSame([73, []], [$refused->status, self::paths($extensions)]);

        // A bundle that was changed is not copied.
        chmod($extensions, 0755);
        file_put_contents($this->project->bundles() . '/' . Project::id() . '/runtime/ext/opcache.so', 'x', FILE_APPEND);
        $refused = $this->project->run(['enable', '--system'], $tree->environment);
        self::assertSame([73, []], [$refused->status, self::paths($extensions)]);
        self::assertStringContainsString('/runtime/ext/opcache.so is not what its bundle.json says; `ffi-zts install` mends it', $refused->errors);
    }

    /** As a user: --system is refused, and says how. */
    public function testTheSystemsCopyNeedsRoot(): void
    {
        $this->needsRoot();
        chmod($this->directory(), 0755);
        $tree = IniTree::plain($this->directory() . '/root');
        $refused = Process::run(
            ['setpriv', '--reuid=54321', '--clear-groups', PHP_BINARY, $this->project->directory . '/vendor/bin/ffi-zts', 'enable', '--system'],
            '',
            $tree->environment + ['FFI_ZTS_EXTENSION' => null],
        );
        self::assertSame([73, ''], [$refused->status, $refused->output]);
        self::assertStringContainsString(', as root: sudo ' . PHP_BINARY . ' ' . $this->project->directory
            . '/vendor/ffi-zts/ffi-zts/php/bin/ffi-zts enable --system', $refused->errors);
        self::assertSame([], self::paths($tree->scan));
    }

    public function testUninstallTakesTheLineBeforeTheFiles(): void
    {
        $tree = IniTree::plain($this->directory() . '/root');
        self::assertSame(0, $this->project->run(['enable'], $tree->environment)->status);
        self::assertSame(0, $this->project->run(['env'], $tree->environment)->status);
        $this->project->unpack([], 'ba9876543210', '7.4');

        // A line that may not be removed keeps the files.
        $file = "$tree->scan/30-ffi_zts.ini";
        $content = (string) file_get_contents($file);
        file_put_contents($file, "; edited\n", FILE_APPEND);
        $refused = $this->project->run(['uninstall'], $tree->environment);
        self::assertSame([73, "ffi-zts: $file was edited since `ffi-zts enable` wrote it: remove it yourself\n"],
            [$refused->status, $refused->errors]);
        self::assertFileExists($this->project->extension());
        file_put_contents($file, $content);

        // One that is not for this PHP.
        $one = $this->project->run(['uninstall', Project::id('7.4')], $tree->environment);
        self::assertSame([0, 'Removed ' . $this->project->bundles() . '/' . Project::id('7.4') . "\n", ''],
            [$one->status, $one->output, $one->errors]);
        self::assertTrue($this->isLoaded($tree));

        $gone = $this->project->run(['uninstall'], $tree->environment);
        self::assertSame([0, ''], [$gone->status, $gone->errors]);
        self::assertSame("cli does not load ffi_zts any more: removed $file\nRemoved {$this->project->bundles()}/" . Project::id() . "\n",
            $gone->output);
        self::assertSame([], self::paths($tree->scan));
        self::assertSame(['.lock'], array_values(array_diff(scandir($this->project->bundles()), ['.', '..'])));

        $nothing = $this->project->run(['uninstall'], $tree->environment);
        self::assertSame([0, "There are no bundles in {$this->project->bundles()}.\n"], [$nothing->status, $nothing->output]);
        $unknown = $this->project->run(['uninstall', 'x'], $tree->environment);
        $message = "there is no bundle 'x' in {$this->project->bundles()} (there are: none)";
        self::assertSame([64, "ffi-zts: $message (ffi-zts --help lists what there is)\n"], [$unknown->status, $unknown->errors]);
    }

    public function testOurFileIsKnownByItsHash(): void
    {
        $file = $this->directory() . '/x.ini';
        self::assertSame(OwnState::Absent, OwnFile::state($file));
        OwnFile::write($file, OwnFile::text('extension=/x.so'));
        self::assertSame(OwnState::Ours, OwnFile::state($file));
        self::assertSame(['extension' => '/x.so'], parse_ini_file($file));
        file_put_contents($file, strtr((string) file_get_contents($file), ['/x.so' => '/y.so']));
        self::assertSame(OwnState::Edited, OwnFile::state($file));
        mkdir("$file.d");
        self::assertSame(OwnState::Foreign, OwnFile::state("$file.d"));
    }
}
