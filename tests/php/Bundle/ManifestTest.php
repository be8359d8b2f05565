<?php

declare(strict_types=1);

namespace FfiZts\Tests\Bundle;

use FfiZts\Bundle\InstallError;
use FfiZts\Bundle\Manifest;
use FfiZts\Bundle\Reason;
use FfiZts\Bundle\Target;
use FfiZts\Bundle\Url;
use PHPUnit\Framework\TestCase;

final class ManifestTest extends TestCase
{
    /** @return array<string, mixed> */
    private static function good(): array
    {
        return [
            'format' => 1, 'version' => '0.1.0', 'urls' => ['https://example.org/v{version}/{file}', 'file:///srv', '/srv'],
            'bundles' => [BundleMaker::ID => [
                'file' => 'ffi_zts-0.1.0-' . BundleMaker::ID . '.tar.gz', 'size' => 1500, 'sha256' => str_repeat('a', 64),
                'chunk_size' => 1024, 'chunks' => [str_repeat('b', 64), str_repeat('c', 64)],
            ]],
        ];
    }

    public function testAGoodOne(): void
    {
        $manifest = Manifest::parse((string) json_encode(self::good()), 'm');
        $pin = $manifest->pinFor(new Target('8.2', '8.2', 'x86_64', 'glibc'));
        self::assertSame([1500, 1024, 476, 'aaaaaaaaaaaa'], [$pin->size, $pin->chunkLength(0), $pin->chunkLength(1), $pin->short()]);
        self::assertSame(
            ["https://example.org/v0.1.0/$pin->file", "file:///srv/$pin->file", "/srv/$pin->file"],
            array_map(static fn (string $url): string => Url::expand($url, $manifest->version, $pin->file), $manifest->urls),
        );
    }

    public function testWhatThereIsNoBundleFor(): void
    {
        $manifest = Manifest::parse((string) json_encode(self::good()), 'm');
        foreach ([
            [
                new Target('8.2', '8.2', 'aarch64', 'glibc'),
                Reason::Arch,
                'version 0.1.0 has no bundle for aarch64 with glibc; it has ' . BundleMaker::ID,
            ],
            [
                new Target('8.5', '8.5', 'x86_64', 'glibc'),
                Reason::NoBundle,
                'version 0.1.0 has no bundle host8.5-guest8.5-linux-x86_64-glibc; it has ' . BundleMaker::ID,
            ],
        ] as [$target, $reason, $message]) {
            try {
                $manifest->pinFor($target);
                self::fail('found');
            } catch (InstallError $error) {
                self::assertSame(
                    [$reason, $message, 'build it here: ffi-zts install --build'],
                    [$error->reason, $error->getMessage(), $error->remedy],
                );
            }
        }
    }

    /** @dataProvider wrong */
    public function testAWrongOne(string $message, array $changes): void
    {
        $this->expectExceptionMessageMatches('/^' . preg_quote($message, '/') . '$/D');
        Manifest::parse((string) json_encode(array_replace_recursive(self::good(), $changes), JSON_UNESCAPED_SLASHES), 'm');
    }

    /** @return iterable<array{string, array<string, mixed>}> */
    public static function wrong(): iterable
    {
        $bundle = static fn (array $changes): array => ['bundles' => [BundleMaker::ID => $changes]];
        $at = 'm: "bundles.' . BundleMaker::ID;
        yield ['m has format 2, this ffi_zts reads format 1', ['format' => 2]];
        yield ['m: "version" is not what it has to be: "newest"', ['version' => 'newest']];
        yield ['m: "urls" holds an item that is not what it has to be: "http://example.org/"', ['urls' => ['http://example.org/']]];
        yield ['m: "urls" holds an item that is not what it has to be: "relative"', ['urls' => ['relative']]];
        yield ["$at.file\" is not what it has to be: \"../x\"", $bundle(['file' => '../x'])];
        yield ["$at.file\" is not what it has to be: \".x\"", $bundle(['file' => '.x'])];
        yield ["$at.size\" is no number from 1 to 268435456: 0", $bundle(['size' => 0])];
        yield ["$at.size\" is no number from 1 to 268435456: 1099511627776", $bundle(['size' => 1 << 40])];
        yield ["$at.sha256\" is not what it has to be: \"AA\"", $bundle(['sha256' => 'AA'])];
        yield ['m: bundles.' . BundleMaker::ID . ' has 2 chunks, its size makes 3', $bundle(['size' => 2049])];
        yield ["$at.chunk_size\" is no number from 1024 to 67108864: 1", $bundle(['chunk_size' => 1])];
        yield ["m: '../x' is no id of a bundle", ['bundles' => ['../x' => []]]];
    }

    public function testAFileBesideAnother(): void
    {
        self::assertSame('https://a/x.tar.gz.minisig', Url::beside('https://a/x.tar.gz', '.minisig'));
        self::assertSame('https://a/x.tar.gz.minisig?token=1?', Url::beside('https://a/x.tar.gz?token=1?', '.minisig'));
        self::assertSame('x.tar.gz', Url::name('https://a/b/x.tar.gz?token=/y'));
    }

    public function testRedirects(): void
    {
        self::assertSame('https://b/x', Url::redirect('https://a/y', 'https://b/x'));
        self::assertSame('https://b/x', Url::redirect('https://a/y', '//b/x'));
        self::assertSame('https://a:8443/x', Url::redirect('https://a:8443/y/z', '/x'));
        self::assertSame('https://a/y/x?q=/', Url::redirect('https://a/y/z', 'x?q=/'));
        self::assertSame('https://b/x', Url::redirect('http://a/y', 'https://b/x'));
        foreach (['http://a/x', 'file:///etc/passwd', 'ftp://a/x', 'php://input', ''] as $location) {
            self::assertNull(Url::redirect('https://a/y', $location), $location);
        }
    }
}
