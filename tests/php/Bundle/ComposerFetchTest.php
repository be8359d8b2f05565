<?php

declare(strict_types=1);

namespace FfiZts\Tests\Bundle;

use FfiZts\Tests\Process;
use FfiZts\Tests\TemporaryDirectory;
use PHPUnit\Framework\TestCase;

/** Composer's own downloader behind the interface of ours, with ext-curl and without; in a process of its own, since its classes would stay. */
final class ComposerFetchTest extends TestCase
{
    use TemporaryDirectory;

    private const AUTOLOAD = '/usr/share/php/Composer/autoload.php';
    private const NAME = 'ffi_zts-0.1.0-' . BundleMaker::ID . '.tar.gz';

    private const CODE = <<<'PHP'
        [, $autoload, $composer, $manifest, $url, $cache] = $argv;
        require $composer;
        require $autoload;
        $config = new Composer\Config(false);
        $config->merge(['config' => ['secure-http' => false, 'home' => $cache]]);
        $fetch = new FfiZts\Composer\ComposerFetch(new Composer\Util\HttpDownloader(new Composer\IO\NullIO(), $config));
        $pins = FfiZts\Bundle\Manifest::parse(file_get_contents($manifest), 'm')->pins;
        $reporter = new FfiZts\Bundle\PlainReporter(fopen('php://memory', 'w'), STDERR, false);
        try {
            $path = (new FfiZts\Bundle\Download($fetch, $reporter))->pinned(reset($pins), [$url], $cache);
            echo 'got ', hash_file('sha256', $path);
        } catch (FfiZts\Bundle\InstallError $error) {
            echo $error->status->name, ' ', $error->getMessage();
        }
        PHP;

    /** @dataProvider answers */
    public function testAServer(string $mode, string $expected, bool $curl): void
    {
        if (!is_file(self::AUTOLOAD)) {
            self::markTestSkipped("there is no Composer of Debian's here");
        }
        foreach (['served', 'cache', 'scan'] as $name) {
            mkdir($this->directory() . "/$name");
        }
        $archive = $this->directory() . '/served/' . self::NAME;
        file_put_contents($archive, random_bytes(2500));
        file_put_contents($this->directory() . '/m.json', json_encode(BundleMaker::manifest([], [$archive])));
        $server = new Server($this->directory() . '/served', $this->directory() . '/log');
        try {
            $run = Process::run(
                [
                    PHP_BINARY, '-r', self::CODE, Process::root() . '/php/autoload.php', self::AUTOLOAD, $this->directory() . '/m.json',
                    $server->url($mode) . '/' . self::NAME, $this->directory() . '/cache',
                ],
                '',
                ['PHP_INI_SCAN_DIR' => $this->scanned($curl), 'no_proxy' => '*'],
            );
        } finally {
            $server->stop();
        }
        $output = str_replace([$server->host, self::NAME, (string) hash_file('sha256', $archive)], ['HOST', 'FILE', 'HASH'], $run->output);
        self::assertSame([$expected, ''], [$output, $run->errors]);
    }

    /** The ini files of this PHP, or those but that of ext-curl. */
    private function scanned(bool $curl): string
    {
        foreach (glob(PHP_CONFIG_FILE_SCAN_DIR . '/*.ini') ?: [] as $file) {
            $isCurl = preg_match('/^\s*extension\s*=\s*"?curl/m', (string) file_get_contents($file)) === 1;
            $isOurs = str_contains((string) file_get_contents($file), 'ffi_zts');
            if (($curl || !$isCurl) && !$isOurs) {
                copy($file, $this->directory() . '/scan/' . basename($file));
            }
        }
        return $this->directory() . '/scan';
    }

    /** @return iterable<string, array{string, string, bool}> */
    public static function answers(): iterable
    {
        foreach ([
            'good' => 'got HASH',
            'whole' => 'got HASH',
            'redirect' => 'got HASH',
            'once-wrong' => 'got HASH',
            'refuse' => "Unreachable cannot get FILE\n  http://HOST/refuse/FILE: HOST refuses FILE (403)",
            'login' => "Unreachable cannot get FILE\n  http://HOST/login/FILE: HOST refuses FILE (401)",
            'missing' => "Unreachable cannot get FILE\n  http://HOST/missing/FILE: HOST has no FILE (404)",
            'page' => "Unreachable cannot get FILE\n  http://HOST/page/FILE: HOST answers with a web page in place of FILE",
            'more' => "Verification cannot get FILE\n  http://HOST/more/FILE: HOST sends more than the 2500 bytes that are wanted",
            'endless' => "Verification cannot get FILE\n  http://HOST/endless/FILE: HOST sends more than the 2500 bytes that are wanted",
            'larger' => "Verification cannot get FILE\n  http://HOST/larger/FILE: it has 2501 bytes there, 2500 are pinned",
            'wrong' => "Verification cannot get FILE\n  http://HOST/wrong/FILE: piece 1 of 3 of FILE is not what is pinned",
        ] as $mode => $expected) {
            yield "$mode, curl" => [$mode, $expected, true];
            yield "$mode, streams" => [$mode, $expected, false];
        }
    }
}
