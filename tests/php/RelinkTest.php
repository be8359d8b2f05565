<?php

declare(strict_types=1);

namespace FfiZts\Tests;

use FfiZts\Command\RelinkCommand;
use PHPUnit\Framework\TestCase;

/** `ffi-zts relink`: what it prints, writes and returns. What it does to a file is tested in tests/phpt/extension and in Rust. */
final class RelinkTest extends TestCase
{
    use TemporaryDirectory;

    private function bare(): string
    {
        $runtime = getenv('FFI_ZTS_TEST_RUNTIME') ?: Process::root() . '/build/runtime';
        if (!is_file(Process::extension()) || !is_file("$runtime/ext/opcache.so")) {
            self::markTestSkipped('the extension or its runtime has not been built');
        }
        // As its build has left it; the runtime's is relinked.
        $built = trim(Process::run(["$runtime/bin/php-config", '--extension-dir'])->output);
        copy("$built/opcache.so", $file = $this->directory() . '/bare.so');
        return $file;
    }

    private static function relink(string ...$arguments): Process
    {
        $runtime = getenv('FFI_ZTS_TEST_RUNTIME') ?: Process::root() . '/build/runtime';
        return Process::run([PHP_BINARY, '-n', Process::root() . '/php/bin/ffi-zts', "--runtime=$runtime", 'relink', ...$arguments]);
    }

    public function testCheckThenRelinkThenCheck(): void
    {
        $file = $this->bare();
        $before = file_get_contents($file);
        $check = self::relink('--check', $file);
        self::assertSame([1, ''], [$check->status, $check->errors]);
        self::assertMatchesRegularExpression("~^\Q$file\E \(extension Zend OPcache\) is to be relinked\n  needed    libphp\S+ added\n$~", $check->output);
        self::assertSame($before, file_get_contents($file));

        $output = $this->directory() . '/out.so';
        $relinked = self::relink($file, '-o', $output, '--runpath=/opt/r');
        self::assertSame([0, ''], [$relinked->status, $relinked->errors]);
        self::assertStringContainsString("was relinked\n", $relinked->output);
        self::assertStringContainsString("  run path  /opt/r\n  written   $output\n", $relinked->output);
        self::assertStringContainsString('  sha256    ' . hash_file('sha256', $output), $relinked->output);
        self::assertSame($before, file_get_contents($file));

        $again = self::relink('--check', $output);
        self::assertSame([0, "$output (extension Zend OPcache) needs no change\n"], [$again->status, $again->output]);
        $twice = self::relink($output);
        self::assertSame(0, $twice->status);
        self::assertStringContainsString('written   nothing', $twice->output);
    }

    public function testJsonSaysTheSame(): void
    {
        $file = $this->bare();
        $check = json_decode(self::relink('--json', '--check', $file)->output, true, flags: JSON_THROW_ON_ERROR);
        self::assertSame([$file, true, true, null], [$check['file'], $check['suitable'], $check['changed'], $check['output']]);
        $result = json_decode(self::relink('--json', $file)->output, true, flags: JSON_THROW_ON_ERROR);
        self::assertSame([$file, hash_file('sha256', $file)], [$result['output'], $result['sha256']]);
        self::assertSame($check['sha256'], $result['sha256']);
    }

    public function testAnUnsuitableFile(): void
    {
        $this->bare();
        file_put_contents($file = $this->directory() . '/text.so', "no library\n");
        foreach ([[], ['--check'], ['-o', $this->directory() . '/out.so']] as $options) {
            $refused = self::relink($file, ...$options);
            self::assertSame([2, ''], [$refused->status, $refused->output]);
            self::assertSame("ffi-zts: $file is unsuitable: not an ELF file\n", $refused->errors);
        }
        self::assertSame("no library\n", file_get_contents($file));
        self::assertFileDoesNotExist($this->directory() . '/out.so');
        $told = self::relink('--json', '--check', $file);
        self::assertSame([false, ['not an ELF file']], array_values(array_intersect_key(json_decode($told->output, true), ['suitable' => 1, 'reasons' => 1])));
    }

    public function testAFileThatIsNotThere(): void
    {
        $this->bare();
        $missing = self::relink($this->directory() . '/missing.so');
        self::assertSame([70, ''], [$missing->status, $missing->output]);
        self::assertStringContainsString('missing.so does not exist', $missing->errors);
    }

    /** @dataProvider badArguments */
    public function testArgumentsThatMakeNoSense(string $message, string ...$arguments): void
    {
        $this->bare();
        $refused = self::relink(...$arguments);
        self::assertSame([64, '', "ffi-zts: $message (ffi-zts --help lists what there is)\n"], [$refused->status, $refused->output, $refused->errors]);
    }

    /** @return iterable<array<string>> */
    public static function badArguments(): iterable
    {
        yield ['relink needs FILE: The extension'];
        yield ['relink: -o needs a value (FILE)', 'a.so', '-o'];
        yield ['relink: --runpath needs a value (DIR)', 'a.so', '--runpath'];
        yield ["relink takes no '-x'", '-x', 'a.so'];
        yield ["relink takes no 'b.so'", 'a.so', 'b.so'];
        yield ['relink: --check writes nothing, so that -o makes no sense with it', '--check', 'a.so', '-o', 'b.so'];
    }

    public function testWordsForAReplacedDependency(): void
    {
        $result = ['file' => '/x.so', 'module' => null, 'changed' => true, 'added' => 'libphp-b.so', 'replaced' => 'libphp.so',
            'runpath' => null, 'output' => '/x.so', 'sha256' => 'ab'];
        self::assertSame(
            "/x.so was relinked\n  needed    libphp-b.so in place of libphp.so\n  written   /x.so\n  sha256    ab\n",
            RelinkCommand::text($result, false)
        );
    }
}
