<?php

declare(strict_types=1);

namespace FfiZts\Tests\Bundle;

use FfiZts\Bundle\Archive;
use FfiZts\Bundle\InstallError;
use FfiZts\Bundle\Status;
use FfiZts\Tests\Process;
use FfiZts\Tests\TemporaryDirectory;
use PHPUnit\Framework\TestCase;

/** What an archive may hold, and what it is refused for. */
final class ArchiveTest extends TestCase
{
    use TemporaryDirectory;

    private function path(): string
    {
        return $this->directory() . '/b.tar.gz';
    }

    private function refusal(string $bytes): string
    {
        file_put_contents($this->path(), $bytes);
        try {
            Archive::check($this->path());
        } catch (InstallError $error) {
            self::assertSame(Status::Verification, $error->status, $error->getMessage());
            return str_replace($this->path(), 'b.tar.gz', $error->getMessage());
        }
        self::fail('accepted');
    }

    public function testAGoodOne(): void
    {
        $maker = new BundleMaker();
        $maker->changes = ['files' => ['ffi_zts.so' => ['mode' => '0755']]];
        $maker->files['runtime/empty'] = '';
        $maker->files['runtime/large'] = str_repeat('0123456789abcdef', 20_000);
        $maker->tar()->add('runtime/', '', '5')->add('runtime/ext/', '', '5')->write($this->path());
        $archive = Archive::check($this->path());
        self::assertSame(
            [BundleMaker::ID, '0.1.0', '2.17'],
            [$archive->description->id, $archive->description->version, $archive->description->glibc],
        );
        self::assertSame(hash_file('sha256', $this->path()), $archive->sha256);

        $goal = $this->directory() . '/goal';
        mkdir($goal);
        $umask = umask(0077);
        try {
            $archive->unpack($goal);
        } finally {
            umask($umask);
        }
        foreach ($maker->files as $file => $content) {
            self::assertSame($content, file_get_contents("$goal/$file"));
            self::assertSame($file === 'ffi_zts.so' ? 0755 : 0644, fileperms("$goal/$file") & 0777, $file);
        }
        self::assertSame([0644, 0755, 0755], array_map(
            static fn (string $path): int => fileperms("$goal/$path") & 0777,
            ['bundle.json', 'runtime', 'runtime/ext'],
        ));
    }

    /** The same files as GNU tar writes them. */
    public function testWhatTarWrites(): void
    {
        $maker = new BundleMaker();
        $from = $this->directory() . '/from';
        foreach ($maker->files + ['bundle.json' => (string) json_encode($maker->json())] as $file => $content) {
            is_dir(dirname("$from/$file")) || mkdir(dirname("$from/$file"), 0755, true);
            file_put_contents("$from/$file", $content);
        }
        $packed = Process::run(['sh', '-c', 'cd "$1" && tar --format=ustar --owner=0 --group=0 --sort=name -czf "$2" *', 'sh', $from, $this->path()]);
        self::assertSame(0, $packed->status, $packed->errors);
        self::assertSame(array_keys($maker->files), array_keys(Archive::check($this->path())->description->files));
    }

    /** An existing file is never opened, a link in its place is not followed. */
    public function testNothingIsOverwritten(): void
    {
        (new BundleMaker())->write($this->directory());
        $archive = Archive::check($this->directory() . '/' . (new BundleMaker())->name());
        $goal = $this->directory() . '/goal';
        mkdir($goal);
        symlink($this->directory() . '/victim', "$goal/ffi_zts.so");
        try {
            $archive->unpack($goal);
            self::fail('overwritten');
        } catch (InstallError $error) {
            self::assertSame([Status::CannotWrite, "cannot write $goal/ffi_zts.so: File exists"], [$error->status, $error->getMessage()]);
        }
        self::assertFileDoesNotExist($this->directory() . '/victim');
    }

    /** @dataProvider members */
    public function testAMemberThatMustNotBe(string $message, string $name, string $type = '0', string $link = '', string $content = ''): void
    {
        self::assertSame(
            "b.tar.gz $message",
            $this->refusal((string) gzencode((new BundleMaker())->tar()->add($name, $content, $type, $link)->bytes())),
        );
    }

    /** @return iterable<string, array<string>> */
    public static function members(): iterable
    {
        yield 'symbolic link' => ["has 'runtime/ext/x.so', which is a symbolic link", 'runtime/ext/x.so', '2', '/etc/passwd'];
        yield 'hard link' => ["has 'runtime/ext/x.so', which is a hard link", 'runtime/ext/x.so', '1', 'ffi_zts.so'];
        yield 'character device' => ["has 'null', which is a character device", 'null', '3'];
        yield 'block device' => ["has 'sda', which is a block device", 'sda', '4'];
        yield 'FIFO' => ["has 'fifo', which is a FIFO", 'fifo', '6'];
        yield 'pax header' => ["has 'PaxHeader', which is a header of pax", 'PaxHeader', 'x', '', "20 path=../../etc/x\n"];
        yield 'GNU long name' => ["has '././@LongLink', which is a long name of GNU's", '././@LongLink', 'L', '', '../../etc/x'];
        yield 'sparse file' => ["has 's', which is a sparse file", 's', 'S'];
        yield 'unknown kind' => ["has 'z', which is of an unknown kind", 'z', 'Z'];
        yield 'upwards' => ["has the name '../x', which leads upwards", '../x'];
        yield 'upwards within' => ["has the name 'runtime/../../x', which leads upwards", 'runtime/../../x'];
        yield 'directory upwards' => ["has the name '../', which leads upwards", '../', '5'];
        yield 'absolute' => ["has the name '/etc/passwd', which is absolute", '/etc/passwd'];
        yield 'dot' => ["has the name './x', which no file of a bundle has", './x'];
        yield 'empty part' => ["has the name 'runtime//x', which no file of a bundle has", 'runtime//x'];
        yield 'no name' => ["has the name '', which no file of a bundle has", ''];
        yield 'file as directory' => ["has the name 'runtime/', which no file of a bundle has", 'runtime/'];
        yield 'escape sequence' => ["has the name 'x?[31m', which no file of a bundle has", "x\e[31m"];
        yield 'backslash' => ["has the name '..\\x', which no file of a bundle has", '..\\x'];
        yield 'twice' => ["has 'ffi_zts.so' twice", 'ffi_zts.so', '0', '', 'other'];
        yield 'file and directory' => ["has 'ffi_zts.so' twice", 'ffi_zts.so/', '5'];
        yield 'second bundle.json' => ["has 'bundle.json' twice", 'bundle.json', '0', '', '{}'];
        yield 'unnamed file' => ["has 'runtime/ext/evil.so', which its bundle.json does not name", 'runtime/ext/evil.so'];
        yield 'unnamed directory' => ["has 'etc', which its bundle.json does not name", 'etc/', '5'];
        yield 'directory with content' => ["has the directory 'runtime' with content", 'runtime/', '5', '', 'x'];
    }

    public function testDamagedArchives(): void
    {
        $tar = (new BundleMaker())->tar();
        $gzip = (string) gzencode($tar->bytes());
        self::assertSame('b.tar.gz is empty', $this->refusal(''));
        self::assertSame('b.tar.gz is no gzip file, or a damaged one', $this->refusal('<html>Please log in</html>'));
        self::assertSame('b.tar.gz is no gzip file, or a damaged one', $this->refusal($tar->bytes()));
        self::assertSame('b.tar.gz is cut off', $this->refusal(substr($gzip, 0, -1)));
        self::assertSame('b.tar.gz is cut off', $this->refusal(substr($gzip, 0, intdiv(strlen($gzip), 2))));
        self::assertSame('b.tar.gz is no gzip file, or a damaged one', $this->refusal(substr_replace($gzip, "\0\0\0\0", -8, 4)), 'checksum');
        self::assertSame('b.tar.gz goes on behind its end', $this->refusal($gzip . 'x'));
        self::assertSame('b.tar.gz goes on behind its end', $this->refusal($gzip . $gzip));
        self::assertSame('b.tar.gz goes on behind its end', $this->refusal((string) gzencode($tar->bytes() . str_repeat('x', 512))));
        self::assertSame('b.tar.gz goes on behind its end', $this->refusal((string) gzencode($tar->bytes() . str_repeat("\0", 2 << 20))));
        self::assertSame('b.tar.gz is cut off', $this->refusal((string) gzencode(substr($tar->bytes(), 0, -1024))));
        self::assertSame('b.tar.gz is cut off', $this->refusal((string) gzencode(substr($tar->bytes(), 0, 700))));
        $bad = substr_replace($tar->bytes(), 'BUNDLE.JSON', 0, 11);
        self::assertSame('b.tar.gz has a damaged header', $this->refusal((string) gzencode($bad)));
    }

    public function testHeadersThatAreNoUstar(): void
    {
        $gnu = (new Tar())->add('bundle.json', '{}', magic: "ustar  \0");
        self::assertSame('b.tar.gz is no ustar archive', $this->refusal((string) gzencode($gnu->bytes())));
        foreach (["\x80\0\0\0\0\0\0\xff\xff\xff\xff\xff", '-0000000001 ', '0000000009 ' . "\0", str_repeat("\0", 12)] as $size) {
            $tar = (new Tar())->add('bundle.json', '{}', size: $size);
            self::assertSame('b.tar.gz has a member whose size is no octal number', $this->refusal((string) gzencode($tar->bytes())));
        }
    }

    /** Declared sizes are looked at before anything is read or written. */
    public function testOversizedArchives(): void
    {
        $maker = new BundleMaker();
        $tar = $maker->tar()->add('huge', '', size: sprintf("%011o\0", 1 << 30));
        self::assertSame('b.tar.gz unpacks to more bytes than a bundle may have', $this->refusal((string) gzencode($tar->bytes())));
        $tar = (new Tar())->add('bundle.json', '', size: sprintf("%011o\0", 2 << 20));
        self::assertSame('b.tar.gz has a bundle.json of 2097152 bytes', $this->refusal((string) gzencode($tar->bytes())));
        $maker->changes = ['files' => ['ffi_zts.so' => ['size' => 5]]];
        self::assertSame("b.tar.gz: 'ffi_zts.so' has 15 bytes, its bundle.json says 5", $this->refusal((string) gzencode($maker->tar()->bytes())));
        $maker->changes = ['files' => ['ffi_zts.so' => ['size' => 1 << 40]]];
        self::assertSame(
            'bundle.json in b.tar.gz: "files.ffi_zts.so.size" is no number from 0 to 536870912: 1099511627776',
            $this->refusal((string) gzencode($maker->tar()->bytes())),
        );
        $maker->changes = ['files' => ['ffi_zts.so' => ['size' => 512 << 20]]];
        self::assertStringEndsWith('more than a bundle may hold', $this->refusal((string) gzencode($maker->tar()->bytes())));
    }

    public function testFilesThatAreMissing(): void
    {
        self::assertSame(
            'b.tar.gz has no bundle.json: it is no bundle of ffi_zts',
            $this->refusal((string) gzencode((new Tar())->add('x', 'y')->bytes())),
        );
        $maker = new BundleMaker();
        $json = (string) json_encode($maker->json());
        $tar = (new Tar())->add('bundle.json', $json);
        self::assertSame(
            "b.tar.gz has no file 'LICENSES/ffi_zts.txt', which its bundle.json names",
            $this->refusal((string) gzencode($tar->bytes())),
        );
        unset($maker->files['runtime/libphp.so']);
        self::assertSame('bundle.json in b.tar.gz names no runtime/libphp.so', $this->refusal((string) gzencode($maker->tar()->bytes())));
    }

    /** @dataProvider descriptions */
    public function testABundleJsonThatIsWrong(string $message, array $changes): void
    {
        $maker = new BundleMaker();
        $maker->changes = $changes;
        self::assertSame("bundle.json in b.tar.gz$message", $this->refusal((string) gzencode($maker->tar()->bytes())));
    }

    /** @return iterable<array{string, array<string, mixed>}> */
    public static function descriptions(): iterable
    {
        yield [' has format 2, this ffi_zts reads format 1', ['format' => 2]];
        yield [': "format" is no number from 1 to 9223372036854775807: "1"', ['format' => '1']];
        yield [
            ': the id host8.4-guest8.2-linux-x86_64-glibc does not fit the rest of it, which makes ' . BundleMaker::ID,
            ['id' => 'host8.4-guest8.2-linux-x86_64-glibc'],
        ];
        yield [' is of a bundle for a thread-safe or debug host', ['host' => ['zts' => true]]];
        yield [' is of a bundle for a thread-safe or debug host', ['host' => ['debug' => true]]];
        yield [': "host.zts" is neither true nor false: 0', ['host' => ['zts' => 0]]];
        yield [': "floors.glibc" is not what it has to be: "new"', ['floors' => ['glibc' => 'new']]];
        yield [': "files.ffi_zts.so.sha256" is not what it has to be: "no"', ['files' => ['ffi_zts.so' => ['sha256' => 'no']]]];
        yield [': "files.ffi_zts.so.mode" is not what it has to be: "4755"', ['files' => ['ffi_zts.so' => ['mode' => '4755']]]];
        yield [": others may write 'ffi_zts.so', its mode is 0666", ['files' => ['ffi_zts.so' => ['mode' => '0666']]]];
        yield [": '../x' is no path of a file in a bundle", ['files' => ['../x' => ['sha256' => '', 'size' => 1, 'mode' => '0644']]]];
        yield [": 'bundle.json' is no path of a file in a bundle", ['files' => ['bundle.json' => ['sha256' => '', 'size' => 1, 'mode' => '0644']]]];
        yield [': "sonames.libc.so.6.packages" holds an item that is not what it has to be: 1', ['sonames' => ['libc.so.6' => ['packages' => [1]]]]];
    }

    public function testABundleJsonThatIsNone(): void
    {
        foreach (['{' => ' is no JSON: Syntax error', '[]' => ' holds no JSON object', '{}' => ' has no "format"'] as $json => $message) {
            self::assertSame("bundle.json in b.tar.gz$message", $this->refusal((string) gzencode((new Tar())->add('bundle.json', $json)->bytes())));
        }
    }
}
