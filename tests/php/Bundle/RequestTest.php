<?php

declare(strict_types=1);

namespace FfiZts\Tests\Bundle;

use FfiZts\Bundle\ComposerHome;
use FfiZts\Bundle\Credentials;
use FfiZts\Bundle\InstallError;
use FfiZts\Bundle\InstallRequest;
use FfiZts\Bundle\Place;
use FfiZts\Bundle\Status;
use FfiZts\Tests\TemporaryDirectory;
use PHPUnit\Framework\TestCase;

/** What is asked for: arguments, settings, and what Composer keeps. */
final class RequestTest extends TestCase
{
    use TemporaryDirectory;

    public function testArguments(): void
    {
        $request = InstallRequest::fromArguments(['--target', '8.4', '--target=8.2', '--from=/b', '--dir', '/d'], new Place('/p'));
        self::assertSame(
            [['8.4', '8.2'], '/b', '/d', false, false],
            [$request->targets, $request->from, $request->dir, $request->build, $request->runtimeOnly],
        );
        self::assertSame(getcwd() . '/d', InstallRequest::fromArguments(['--dir=d'], new Place('/p'))->dir);
        self::assertTrue(InstallRequest::fromArguments(['--build'], new Place('/p'))->build);
        self::assertTrue(InstallRequest::fromArguments(['--runtime-only'], new Place('/p'))->runtimeOnly);
    }

    /** @dataProvider senseless */
    public function testArgumentsThatMakeNoSense(string $message, string ...$arguments): void
    {
        $this->refused($message, static fn (): InstallRequest => InstallRequest::fromArguments($arguments, new Place('/p')));
    }

    /** @return iterable<array<string>> */
    public static function senseless(): iterable
    {
        yield ["install takes no 'x'", 'x'];
        yield ["install takes no '--nonsense'", '--nonsense'];
        yield ['--from needs a value', '--from'];
        yield ['--dir needs a value', '--dir='];
        yield ['--build takes no value', '--build=yes'];
        yield ['--build takes no other option: it runs make in the package, for this host', '--build', '--dir=/x'];
        yield ['--runtime-only takes no --target: the runtime is for the ffi_zts.so of this host', '--runtime-only', '--target=8.4'];
    }

    /** @param \Closure(): mixed $try */
    private function refused(string $message, \Closure $try): void
    {
        try {
            $try();
            self::fail('accepted');
        } catch (InstallError $error) {
            self::assertSame([Status::Usage, $message], [$error->status, $error->getMessage()]);
        }
    }

    public function testSettings(): void
    {
        $message = 'extra.ffi-zts.install in composer.json is neither true nor false';
        $this->refused($message, static fn (): InstallRequest => new InstallRequest(new Place('/p'), settings: ['install' => 'no']));
        $message = 'extra.ffi-zts.targets in composer.json is no list of strings';
        foreach (['8.4', [8.4]] as $targets) {
            $this->refused($message, static fn (): InstallRequest => new InstallRequest(new Place('/p'), settings: ['targets' => $targets]));
        }
        $ids = static fn (InstallRequest $request): array => array_map(
            static fn ($target): string => $target->id(),
            $request->targets(Hosts::host()),
        );
        $other = 'host8.4-guest8.4-linux-x86_64-glibc';
        self::assertSame([BundleMaker::ID, $other], $ids(new InstallRequest(new Place('/p'), settings: ['targets' => ['8.4', '8.2', $other]])));
        self::assertSame([$other], $ids(new InstallRequest(new Place('/p'), ['8.4'], settings: ['targets' => ['8.3']])));
    }

    public function testThePlaceInAProject(): void
    {
        $project = $this->directory() . '/project';
        mkdir("$project/lib/composer", 0755, true);
        mkdir("$project/lib/ffi-zts/ffi-zts", 0755, true);
        file_put_contents("$project/lib/composer/installed.php", "<?php return ['root' => ['install_path' => __DIR__ . '/../../']];");
        file_put_contents("$project/composer.json", '{"extra": {"ffi-zts": {"install": false}}}');
        // Copied into vendor/, and linked: then only the proxy in vendor/bin knows.
        foreach ([["$project/lib/ffi-zts/ffi-zts", null], ['/elsewhere/checkout', "$project/lib/autoload.php"]] as [$package, $autoload]) {
            $place = Place::find($package, $autoload);
            self::assertSame(["$project/lib", $project], [$place->vendor, $place->project]);
            self::assertSame("$project/lib/ffi-zts/.bundles", $place->bundles());
            self::assertSame(['install' => false], $place->settings());
        }
        file_put_contents("$project/composer.json", '{"extra": {"ffi-zts": true}}');
        $this->refused("extra.ffi-zts in $project/composer.json is no object", $place->settings(...));
    }

    public function testThePlaceOfACheckout(): void
    {
        $place = Place::find('/some/checkout', null);
        self::assertSame([null, null, '/some/.bundles', []], [$place->vendor, $place->project, $place->bundles(), $place->settings()]);
    }

    public function testWhereComposerKeepsItsCache(): void
    {
        $home = $this->directory();
        $cache = static fn (array $environment): ?string => (new ComposerHome($environment))->cache();
        self::assertSame('/c', $cache(['COMPOSER_CACHE_DIR' => '/c', 'COMPOSER_HOME' => '/h']));
        self::assertSame("$home/c", $cache(['COMPOSER_CACHE_DIR' => '~/c', 'HOME' => $home]));
        self::assertSame("$home/c", $cache(['COMPOSER_CACHE_DIR' => '$HOME/c', 'HOME' => $home]));
        self::assertNull($cache(['COMPOSER_CACHE_DIR' => '/dev/null']));
        self::assertSame('/h/cache', $cache(['COMPOSER_HOME' => '/h', 'HOME' => $home]));
        self::assertSame('/x/composer', $cache(['HOME' => $home, 'XDG_CACHE_HOME' => '/x']));
        self::assertSame("$home/.cache/composer", $cache(['HOME' => $home, 'XDG_SESSION_ID' => '1']));
        self::assertNull($cache([]));
        self::assertSame("$home/.config/composer", (new ComposerHome(['HOME' => $home, 'XDG_SESSION_ID' => '1']))->directory());
        mkdir("$home/.composer/cache", 0755, true);
        self::assertSame("$home/.composer", (new ComposerHome(['HOME' => $home]))->directory());
        self::assertSame("$home/.composer/cache", $cache(['HOME' => $home]));
    }

    /** The same as Composer itself says. */
    public function testTheCacheIsComposersOwn(): void
    {
        if (!is_file('/usr/share/php/Composer/autoload.php')) {
            self::markTestSkipped("there is no Composer of Debian's here");
        }
        $home = ['HOME' => $this->directory()];
        foreach ([$home, $home + ['XDG_CACHE_HOME' => '/x'], ['COMPOSER_HOME' => '/h', 'HOME' => '/y']] as $environment) {
            $code = 'require "/usr/share/php/Composer/autoload.php"; echo Composer\Factory::createConfig()->get("cache-dir");';
            $command = [
                'env',
                '-i',
                ...array_map(static fn (string $name): string => "$name={$environment[$name]}", array_keys($environment)),
                PHP_BINARY,
                '-r',
                $code,
            ];
            $process = \FfiZts\Tests\Process::run($command);
            self::assertSame($process->output, (new ComposerHome($environment))->cache(), $process->errors);
        }
    }

    public function testLogins(): void
    {
        $near = $this->directory() . '/auth.json';
        $far = $this->directory() . '/far.json';
        file_put_contents($near, '{"http-basic": {"a": {"username": "near", "password": "x"}}, "bearer": {"b": "token"}}');
        file_put_contents($far, '{"http-basic": {"a": {"username": "far", "password": "x"}, "c:8080": {"username": "u:1", "password": "p"}}}');
        $credentials = Credentials::find('{"bearer": {"d": "first"}}', [$near, $this->directory() . '/none.json', $far]);
        $basic = static fn (string $login): string => 'Authorization: Basic ' . base64_encode($login);
        self::assertSame($basic('near:x'), $credentials->header('https://a/x'));
        self::assertSame('Authorization: Bearer token', $credentials->header('https://b/x'));
        self::assertSame($basic('u:1:p'), $credentials->header('https://c:8080/x'));
        self::assertSame('Authorization: Bearer first', $credentials->header('https://d/x'));
        self::assertNull($credentials->header('https://c/x'));
        self::assertNull($credentials->header('https://a.evil/x'));
        file_put_contents($near, '{');
        $this->refused("$near is no JSON: Syntax error", static fn (): Credentials => Credentials::find(null, [$near]));
    }
}
