<?php

declare(strict_types=1);

namespace FfiZts\Tests\Bundle;

use FfiZts\Bundle\Credentials;
use FfiZts\Bundle\CurlFetch;
use FfiZts\Bundle\Download;
use FfiZts\Bundle\Fetch;
use FfiZts\Bundle\InstallError;
use FfiZts\Bundle\Manifest;
use FfiZts\Bundle\Pin;
use FfiZts\Bundle\Status;
use FfiZts\Bundle\StreamFetch;
use FfiZts\Tests\TemporaryDirectory;
use PHPUnit\Framework\TestCase;

/** Servers as they are: each way to fetch does the same with them. */
final class DownloadTest extends TestCase
{
    use TemporaryDirectory;

    private const NAME = 'ffi_zts-0.1.0-' . BundleMaker::ID . '.tar.gz';

    private Server $server;
    private Pin $pin;
    private string $content;
    private RecordingReporter $reporter;

    protected function setUp(): void
    {
        mkdir($this->directory() . '/served');
        mkdir($this->directory() . '/cache');
        // Five pieces, the last of which is shorter.
        $this->content = random_bytes(4 * 1024 + 300);
        file_put_contents($this->directory() . '/served/' . self::NAME, $this->content);
        $manifest = BundleMaker::manifest([], [$this->directory() . '/served/' . self::NAME]);
        $this->pin = Manifest::parse((string) json_encode($manifest), 'm')->pins[BundleMaker::ID];
        $this->server = new Server($this->directory() . '/served', $this->directory() . '/log');
        $this->reporter = new RecordingReporter();
    }

    protected function tearDown(): void
    {
        $this->server->stop();
    }

    private static function fetch(string $way, Credentials $credentials = new Credentials()): Fetch
    {
        if ($way === 'curl' && !function_exists('curl_init')) {
            self::markTestSkipped('this PHP has no ext-curl');
        }
        return $way === 'curl' ? new CurlFetch($credentials, 2.0, 0.5) : new StreamFetch($credentials, [], 0.5);
    }

    /** @param list<string> $urls */
    private function get(?Fetch $fetch, array $urls): string
    {
        return (new Download($fetch, $this->reporter))->pinned($this->pin, $urls, $this->directory() . '/cache');
    }

    private function address(string $mode): string
    {
        return $this->server->url($mode) . '/' . self::NAME;
    }

    private function failure(?Fetch $fetch, string ...$urls): InstallError
    {
        try {
            $this->get($fetch, array_values($urls));
        } catch (InstallError $error) {
            self::assertSame([], glob($this->directory() . '/cache/*.tar.gz'), 'an archive that was not verified');
            return $error;
        }
        self::fail('fetched');
    }

    /** @return list<string> the ranges that were asked for */
    private function ranges(): array
    {
        return array_map(static fn (string $line): string => explode(' ', $line)[1], $this->server->requests());
    }

    /** @return iterable<string, array{string}> */
    public static function ways(): iterable
    {
        yield 'curl' => ['curl'];
        yield 'streams' => ['streams'];
    }

    /** @dataProvider ways */
    public function testPieceByPiece(string $way): void
    {
        $path = $this->get(self::fetch($way), [$this->address('good')]);
        self::assertSame($this->directory() . "/cache/{$this->pin->short()}-" . self::NAME, $path);
        self::assertSame($this->content, file_get_contents($path));
        self::assertSame(['bytes=0-1023', 'bytes=1024-2047', 'bytes=2048-3071', 'bytes=3072-4095', 'bytes=4096-4395'], $this->ranges());
        self::assertSame([$path], glob($this->directory() . '/cache/*'));
        // The next one asks nobody.
        self::assertSame($path, $this->get(null, []));
    }

    /** @dataProvider ways */
    public function testAnUnfinishedOneIsTakenUpAfterItsLastGoodPiece(string $way): void
    {
        $part = $this->directory() . "/cache/{$this->pin->short()}-" . self::NAME . '.part';
        file_put_contents($part, substr($this->content, 0, 2500));
        $this->get(self::fetch($way), [$this->address('good')]);
        self::assertSame(['bytes=2048-3071', 'bytes=3072-4095', 'bytes=4096-4395'], $this->ranges());
        self::assertContains("downloading 4396, have 2048: {$this->address('good')}", $this->reporter->details);
        self::assertFileDoesNotExist($part);
    }

    /** @dataProvider ways */
    public function testAnUnfinishedOneThatIsDamagedIsTakenUpBeforeTheDamage(string $way): void
    {
        $part = $this->directory() . "/cache/{$this->pin->short()}-" . self::NAME . '.part';
        file_put_contents($part, substr($this->content, 0, 1024) . str_repeat('?', 9000));
        $this->get(self::fetch($way), [$this->address('good')]);
        self::assertSame('bytes=1024-2047', $this->ranges()[0]);
    }

    /** @dataProvider ways */
    public function testAServerThatKnowsNoRangesStartsAnew(string $way): void
    {
        $part = $this->directory() . "/cache/{$this->pin->short()}-" . self::NAME . '.part';
        file_put_contents($part, substr($this->content, 0, 2048));
        $path = $this->get(self::fetch($way), [$this->address('whole')]);
        self::assertSame($this->content, file_get_contents($path));
        self::assertSame(['bytes=2048-3071'], $this->ranges());
    }

    /** @dataProvider ways */
    public function testAPieceIsAskedForThreeTimes(string $way): void
    {
        $this->get(self::fetch($way), [$this->address('flaky')]);
        self::assertSame(array_fill(0, 3, 'bytes=0-1023'), array_slice($this->ranges(), 0, 3));
        self::assertCount(15, $this->ranges());
        self::assertSame("{$this->server->host} answers with 503; once more", $this->reporter->details[1]);
    }

    /** @dataProvider ways */
    public function testAPieceThatCameWrongOnce(string $way): void
    {
        $path = $this->get(self::fetch($way), [$this->address('once-wrong')]);
        self::assertSame($this->content, file_get_contents($path));
        self::assertSame('piece 1 of 5 of ' . self::NAME . ' is not what is pinned; once more', $this->reporter->details[1]);
    }

    /** @dataProvider faults */
    public function testAServerWithAFault(string $way, string $mode, int $requests, Status $status, string $message): void
    {
        $error = $this->failure(self::fetch($way), $this->address($mode));
        $text = str_replace([$this->server->host, self::NAME], ['HOST', 'FILE'], $error->getMessage());
        self::assertSame("cannot get FILE\n  http://HOST/$mode/FILE: $message", $text);
        self::assertSame([$status, $requests], [$error->status, count($this->ranges())]);
    }

    /** @return iterable<string, array{string, string, int, Status, string}> */
    public static function faults(): iterable
    {
        $faults = [
            'refuse' => [1, Status::Unreachable, 'HOST refuses FILE (403)'],
            'login' => [1, Status::Unreachable, 'HOST refuses FILE (401)'],
            'missing' => [1, Status::Unreachable, 'HOST has no FILE (404)'],
            'broken' => [3, Status::Unreachable, 'HOST answers with 503'],
            'page' => [1, Status::Unreachable, 'HOST answers with a web page in place of FILE'],
            'circle' => [6, Status::Unreachable, 'HOST redirects more than 5 times'],
            'file' => [1, Status::Unreachable, "HOST redirects to 'file:///etc/passwd', which is not followed"],
            'more' => [1, Status::Verification, 'it sends more than the 1024 bytes that were asked for'],
            'endless' => [1, Status::Verification, 'it sends more than the 4396 bytes that were asked for'],
            'larger' => [1, Status::Verification, 'it has 4397 bytes there, 4396 are pinned'],
            'short' => [3, Status::Unreachable, 'the answer ends after 10 of 4396 bytes'],
            'shifted' => [1, Status::Unreachable, "HOST was asked for the bytes 0-1023 and answers with 'bytes 1-1023/4396'"],
            'wrong' => [3, Status::Verification, 'piece 1 of 5 of FILE is not what is pinned'],
        ];
        foreach ($faults as $mode => $fault) {
            yield "$mode, curl" => ['curl', $mode, ...$fault];
            yield "$mode, streams" => ['streams', $mode, ...$fault];
        }
    }

    /** @dataProvider ways */
    public function testAServerThatStalls(string $way): void
    {
        $error = $this->failure(self::fetch($way), $this->address('stall'));
        self::assertSame(
            "cannot get FILE\n  http://HOST/stall/FILE: HOST sent nothing for 0.5 s",
            str_replace([$this->server->host, self::NAME], ['HOST', 'FILE'], $error->getMessage()),
        );
        self::assertSame([Status::Unreachable, 3], [$error->status, count($this->ranges())]);
    }

    /** @dataProvider ways */
    public function testNobodyListens(string $way): void
    {
        $error = $this->failure(self::fetch($way), 'http://127.0.0.1:1/' . self::NAME);
        self::assertMatchesRegularExpression(
            "~^cannot get \S+\n  http://127\.0\.0\.1:1/\S+: 127\.0\.0\.1:1: .*(?:refused|connect).*$~iD",
            $error->getMessage(),
        );
        self::assertSame(Status::Unreachable, $error->status);
        self::assertSame('name a mirror, FFI_ZTS_MIRROR=URL|DIR, or give the bundle itself: ffi-zts install --from FILE', $error->remedy);
    }

    /** @dataProvider ways */
    public function testTheNextPlaceTakesOver(string $way): void
    {
        $path = $this->get(self::fetch($way), [$this->address('missing'), $this->directory() . '/nowhere/x', $this->address('good')]);
        self::assertSame($this->content, file_get_contents($path));
    }

    public function testPlacesAreNamedOneByOne(): void
    {
        $error = $this->failure(self::fetch('streams'), $this->address('missing'), $this->directory() . '/nowhere/x', $this->address('refuse'));
        self::assertSame(
            "cannot get FILE\n  http://HOST/missing/FILE: HOST has no FILE (404)\n  DIR/nowhere/x: there is no DIR/nowhere/x\n"
                . '  http://HOST/refuse/FILE: HOST refuses FILE (403)',
            str_replace([$this->server->host, self::NAME, $this->directory()], ['HOST', 'FILE', 'DIR'], $error->getMessage()),
        );
        self::assertSame(
            "if HOST wants a login: composer config --global --auth http-basic.HOST USER PASSWORD\n"
                . '  -> name a mirror, FFI_ZTS_MIRROR=URL|DIR, or give the bundle itself: ffi-zts install --from FILE',
            str_replace($this->server->host, 'HOST', (string) $error->remedy),
        );
    }

    /** @dataProvider ways */
    public function testALoginOfComposerIsUsed(string $way): void
    {
        $auth = json_encode(['http-basic' => [$this->server->host => ['username' => 'me', 'password' => 'secret']]]);
        $this->get(self::fetch($way, Credentials::find($auth, [])), [$this->address('login')]);
        self::assertStringEndsWith(' Basic ' . base64_encode('me:secret'), $this->server->requests()[0]);
    }

    /** @dataProvider ways */
    public function testALoginInTheAddressIsUsedAndNotTold(string $way): void
    {
        $url = str_replace('http://', 'http://me:se%2Fcret@', $this->address('login'));
        $this->get(self::fetch($way), [$url]);
        self::assertStringEndsWith(' Basic ' . base64_encode('me:se/cret'), $this->server->requests()[0]);
        self::assertStringNotContainsString('cret', implode($this->reporter->details));
    }

    /** @dataProvider ways */
    public function testARedirectIsFollowedWithoutTheLogin(string $way): void
    {
        $auth = json_encode(['bearer' => [$this->server->host => 'token']]);
        $path = $this->get(self::fetch($way, Credentials::find($auth, [])), [$this->address('away')]);
        self::assertSame($this->content, file_get_contents($path));
        $requests = $this->server->requests();
        self::assertStringEndsWith(' Bearer token', $requests[0]);
        self::assertMatchesRegularExpression('~^/good/\S+ bytes=0-1023 -$~D', $requests[1]);
        $this->removeCache();
        self::assertSame($this->content, file_get_contents($this->get(self::fetch($way), [$this->address('redirect')])));
    }

    private function removeCache(): void
    {
        array_map(unlink(...), glob($this->directory() . '/cache/*') ?: []);
    }

    public function testStreamsUseAProxy(): void
    {
        $environment = ['http_proxy' => 'me:pw@' . $this->server->host, 'no_proxy' => 'example.com, .internal'];
        $path = $this->get(new StreamFetch(new Credentials(), $environment, 2.0), ['http://mirror.example.org/good/' . self::NAME]);
        self::assertSame($this->content, file_get_contents($path));
        self::assertStringEndsWith(' proxied', $this->server->requests()[0]);
        $this->removeCache();
        $environment['no_proxy'] = '127.0.0.1';
        $this->get(new StreamFetch(new Credentials(), $environment, 2.0), [$this->address('good')]);
        self::assertStringEndsNotWith(' proxied', $this->server->requests()[5]);
    }

    public function testTheNetworkIsNotUsedWhereItIsDisabled(): void
    {
        $error = $this->failure(null, $this->address('good'));
        self::assertStringEndsWith(': the network is not to be used (COMPOSER_DISABLE_NETWORK)', $error->getMessage());
        self::assertSame([Status::Unreachable, []], [$error->status, $this->server->requests()]);
        // A directory needs none.
        $path = $this->get(null, ['file://' . $this->directory() . '/served/' . self::NAME]);
        self::assertSame($this->content, file_get_contents($path));
    }

    public function testLocalFilesThatAreWrong(): void
    {
        foreach ([
            [substr($this->content, 1), 'it has 4395 bytes there, 4396 are pinned'],
            [strrev($this->content), 'piece 1 of 5 of FILE is not what is pinned'],
        ] as [$content, $message]) {
            file_put_contents($this->directory() . '/wrong', $content);
            $error = $this->failure(null, $this->directory() . '/wrong');
            self::assertSame(Status::Verification, $error->status);
            self::assertSame(
                "cannot get FILE\n  DIR/wrong: $message",
                str_replace([self::NAME, $this->directory()], ['FILE', 'DIR'], $error->getMessage()),
            );
            self::assertStringStartsWith('what is there is not what this package pins', (string) $error->remedy);
        }
    }

    public function testACachedFileIsNotBelievedByItsName(): void
    {
        $path = $this->directory() . "/cache/{$this->pin->short()}-" . self::NAME;
        file_put_contents($path, strrev($this->content));
        self::assertSame($path, $this->get(null, [$this->directory() . '/served/' . self::NAME]));
        self::assertSame($this->content, file_get_contents($path));
        self::assertSame(["$path in the cache is not what is pinned; it is fetched anew"], $this->reporter->warnings);
    }

    /** While another process writes the unfinished one, this one has its own. */
    public function testTwoDownloadsAtOnce(): void
    {
        $part = $this->directory() . "/cache/{$this->pin->short()}-" . self::NAME . '.part';
        $other = fopen($part, 'c');
        flock($other, LOCK_EX);
        fwrite($other, 'half');
        $path = $this->get(null, [$this->directory() . '/served/' . self::NAME]);
        self::assertSame($this->content, file_get_contents($path));
        self::assertSame('half', file_get_contents($part));
        self::assertEqualsCanonicalizing([$part, $path], glob($this->directory() . '/cache/*'));
        fclose($other);
    }

    public function testAManifestThatContradictsItself(): void
    {
        $pin = new Pin($this->pin->id, $this->pin->file, $this->pin->size, str_repeat('0', 64), $this->pin->chunkSize, $this->pin->chunks);
        $this->expectExceptionMessage(
            'the manifest contradicts itself: the pieces of ' . self::NAME . ' are right, the whole has the SHA-256 ' . $this->pin->sha256,
        );
        (new Download(null, $this->reporter))->pinned($pin, [$this->directory() . '/served/' . self::NAME], $this->directory() . '/cache');
    }
}
