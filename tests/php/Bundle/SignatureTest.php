<?php

declare(strict_types=1);

namespace FfiZts\Tests\Bundle;

use FfiZts\Bundle\InstallError;
use FfiZts\Bundle\PublicKey;
use FfiZts\Bundle\Signature;
use FfiZts\Bundle\Status;
use FfiZts\Tests\Process;
use FfiZts\Tests\TemporaryDirectory;
use PHPUnit\Framework\TestCase;

/** What Debian's minisign signs is verified, and nothing else is. */
final class SignatureTest extends TestCase
{
    use TemporaryDirectory;

    private const FILE = 'bundles.json';

    protected function setUp(): void
    {
        if (!Signature::verifiable()) {
            self::markTestSkipped('this PHP has no ext-sodium');
        }
    }

    /** Makes a pair of keys without a password; the public one. */
    public static function key(string $directory, string $name): PublicKey
    {
        if (Process::run(['sh', '-c', 'command -v minisign'])->status !== 0) {
            self::markTestSkipped('there is no minisign here; on Debian: apt-get install minisign');
        }
        $made = Process::run(['minisign', '-G', '-W', '-f', '-p', "$directory/$name.pub", '-s', "$directory/$name.key"]);
        self::assertSame(0, $made->status, $made->errors);
        return PublicKey::parse((string) file_get_contents("$directory/$name.pub"), "$name.pub");
    }

    /** @param list<string> $options */
    public static function sign(string $directory, string $key, string $file, string $comment, array $options = []): string
    {
        $signed = Process::run(['minisign', '-S', '-s', "$directory/$key.key", '-m', $file, '-t', $comment, ...$options]);
        self::assertSame(0, $signed->status, $signed->errors);
        return (string) file_get_contents("$file.minisig");
    }

    private function file(string $content = '{"format":1}'): string
    {
        $path = $this->directory() . '/' . self::FILE;
        file_put_contents($path, $content);
        return $path;
    }

    /** @param list<PublicKey> $keys */
    private function refusal(string $signature, array $keys, string $name = self::FILE, string $version = '0.1.0'): string
    {
        try {
            Signature::parse($signature, 'x.minisig')->verify($this->directory() . '/' . self::FILE, $name, $version, $keys);
        } catch (InstallError $error) {
            self::assertSame(Status::Verification, $error->status);
            return $error->getMessage();
        }
        self::fail('verified');
    }

    /** @dataProvider algorithms */
    public function testWhatMinisignSigns(string $option): void
    {
        $next = self::key($this->directory(), 'next');
        $present = self::key($this->directory(), 'present');
        $path = $this->file(str_repeat("bytes\0", 50_000));
        $text = self::sign($this->directory(), 'present', $path, 'file:bundles.json version:0.1.0', [$option]);
        // The two algorithms are told apart by two letters.
        self::assertSame($option === '-H' ? 'ED' : 'Ed', substr((string) base64_decode(explode("\n", $text)[1], true), 0, 2));
        $signature = Signature::parse($text, 'x.minisig');
        $signature->verify($path, self::FILE, '0.1.0', [$present]);
        $signature->verify($path, self::FILE, '0.1.0', [$next, $present]);
        self::assertStringStartsWith('x.minisig was made with the key ', $this->refusal($text, [$next]));
        self::assertSame('cannot verify x.minisig: this package has no public key', $this->refusal($text, []));

        // Corrupt, truncated, grown.
        foreach ([str_repeat("bytes\0", 49_999), str_repeat("bytes\0", 49_999) . "bytes\1", str_repeat("bytes\0", 50_001)] as $content) {
            $this->file($content);
            self::assertSame('bundles.json is not what x.minisig signs', $this->refusal($text, [$present]));
        }
    }

    /** @return iterable<array{string}> */
    public static function algorithms(): iterable
    {
        yield 'prehashed' => ['-H'];
        yield 'legacy' => ['-l'];
    }

    public function testASignatureOfAnotherKeyWithTheSameName(): void
    {
        $present = self::key($this->directory(), 'present');
        $other = self::key($this->directory(), 'other');
        $text = self::sign($this->directory(), 'other', $this->file(), 'file:bundles.json version:0.1.0');
        $lines = explode("\n", $text);
        $bytes = (string) base64_decode($lines[1], true);
        $lines[1] = base64_encode(substr($bytes, 0, 2) . $present->id . substr($bytes, 10));
        self::assertSame('bundles.json is not what x.minisig signs', $this->refusal(implode("\n", $lines), [$present]));
        $id = ltrim(strtoupper(bin2hex(strrev($other->id))), '0');
        self::assertSame("x.minisig was made with the key $id, which is none of this package's", $this->refusal($text, [$present]));
        // As minisign itself prints it.
        self::assertStringContainsString(" $id\n", (string) file_get_contents($this->directory() . '/other.pub'));
        $lines[1] = base64_encode(substr($bytes, 0, 2) . "\x7d\xe5\x3c\xba\x89\x75\x05\x0d" . substr($bytes, 10));
        self::assertStringContainsString('the key D057589BA3CE57D,', $this->refusal(implode("\n", $lines), [$present]));
    }

    /** An old release, or another file of the same one, has a good signature. */
    public function testReplayedAndSwapped(): void
    {
        $key = self::key($this->directory(), 'present');
        foreach ([
            'file:bundles.json version:0.0.9' => 'x.minisig is not for this: it names version 0.0.9, wanted is 0.1.0',
            'file:other.json version:0.1.0' => 'x.minisig is not for this: it names file other.json, wanted is bundles.json',
            'version:0.1.0' => 'x.minisig is not for this: it names file none, wanted is bundles.json',
            'timestamp:1' => 'x.minisig is not for this: it names file none, wanted is bundles.json',
            'file:bundles.json file:other.json version:0.1.0' =>
                'x.minisig is not for this: it names file bundles.json and other.json, wanted is bundles.json',
        ] as $comment => $message) {
            $text = self::sign($this->directory(), 'present', $this->file(), $comment);
            self::assertSame($message, $this->refusal($text, [$key]), $comment);
        }
        $text = self::sign($this->directory(), 'present', $this->file(), "timestamp:1\tfile:bundles.json\tversion:0.1.0\thashed");
        Signature::parse($text, 'x.minisig')->verify($this->directory() . '/' . self::FILE, self::FILE, '0.1.0', [$key]);
    }

    public function testATrustedCommentThatWasChanged(): void
    {
        $key = self::key($this->directory(), 'present');
        $text = self::sign($this->directory(), 'present', $this->file(), 'file:bundles.json version:0.0.9');
        self::assertSame(
            'the trusted comment of x.minisig was changed: its signature does not fit',
            $this->refusal(str_replace('0.0.9', '0.1.0', $text), [$key]),
        );
    }

    public function testWhatIsNoSignature(): void
    {
        $key = self::key($this->directory(), 'present');
        $good = self::sign($this->directory(), 'present', $this->file(), 'file:bundles.json version:0.1.0');
        $lines = explode("\n", rtrim($good, "\n"));
        $bad = [
            '', "\n\n\n", '<html>', "$good$good", implode("\n", array_slice($lines, 0, 2)), "$lines[0]\n!$lines[1]\n$lines[2]\n$lines[3]",
            str_replace('trusted comment: ', 'trusted: ', $good), $good . str_repeat("\n", 5000), "$lines[0]\n$lines[3]\n$lines[2]\n$lines[1]",
        ];
        foreach ($bad as $text) {
            try {
                Signature::parse($text, 'x.minisig');
                self::fail("a signature: $text");
            } catch (InstallError $error) {
                self::assertSame('x.minisig is no signature of minisign', $error->getMessage());
            }
        }
        $lines[1] = base64_encode('XX' . substr((string) base64_decode($lines[1], true), 2));
        self::assertSame('x.minisig is of an algorithm that minisign does not have', $this->refusal(implode("\n", $lines), [$key]));
    }

    public function testWhatIsNoKey(): void
    {
        $other = "untrusted comment: x\n" . base64_encode('XX' . str_repeat('k', 40));
        foreach (['', "untrusted comment: x\nAAAA", "RWQ=\nuntrusted comment:", $other] as $text) {
            try {
                PublicKey::parse($text, 'present.pub');
                self::fail("a key: $text");
            } catch (InstallError $error) {
                self::assertSame('present.pub is no public key of minisign', $error->getMessage());
            }
        }
    }
}
