<?php

declare(strict_types=1);

namespace FfiZts\Command;

use FfiZts\Install\Program;
use Symfony\Component\Console\Application as SymfonyApplication;
use Symfony\Component\Console\CommandLoader\FactoryCommandLoader;
use Symfony\Component\Console\Exception\ExceptionInterface;
use Symfony\Component\Console\Input\ArgvInput;

/** Our commands in symfony/console. Only this class, ConsoleCommand and ConsoleOutput name a class of it. */
final class Console
{
    /** What symfony/console itself brings. */
    public const BUILT_IN = ['help', 'list', 'completion', '_complete'];

    /** Loads Composer's autoloader, where there is one, and says whether it brings symfony/console. */
    public static function available(string $package): bool
    {
        $file = self::autoloader($package);
        if ($file !== null) {
            require_once $file;
        }
        return class_exists(SymfonyApplication::class) && class_exists(FactoryCommandLoader::class);
    }

    /**
     * Why Composer's autoloader does not load in this PHP; null: it does, or there is none, or nothing can be tried.
     *
     * It is tried in a process of its own: for a PHP that is not the one of Composer it ends the process.
     */
    public static function trouble(string $package): ?string
    {
        $file = self::autoloader($package);
        if ($file === null) {
            return null;
        }
        $code = 'require ' . var_export($file, true) . '; echo "loaded";';
        $answer = Program::run([PHP_BINARY, '-d', 'display_errors=1', '-d', 'log_errors=0', '-d', 'html_errors=0', '-r', $code]);
        $said = trim($answer['output']);
        if ($answer['status'] === -1 || str_ends_with($said, 'loaded')) {
            return null;
        }
        return "$file: " . ($said === '' ? 'it ends the process' : strtok($said, "\n"));
    }

    private static function autoloader(string $package): ?string
    {
        foreach (self::autoloaders($package) as $file) {
            if (is_file($file)) {
                return $file;
            }
        }
        return null;
    }

    /** @return list<string> that of the project whose vendor/bin started us, of the project that has us in vendor/, our own */
    private static function autoloaders(string $package): array
    {
        $named = $GLOBALS['_composer_autoload_path'] ?? null;
        return [...(is_string($named) ? [$named] : []), dirname($package, 2) . '/autoload.php', "$package/vendor/autoload.php"];
    }

    /**
     * @param array<string, array{Definition, \Closure(): Command}> $commands by name
     * @param list<string>                                          $given    the command's name and what follows
     *
     * @throws UsageError for what symfony/console refuses
     */
    public static function run(array $commands, array $given, string $version): int
    {
        $factories = [];
        foreach ($commands as $name => [$definition, $make]) {
            $factories[$name] = static fn (): ConsoleCommand => new ConsoleCommand($definition, $make);
        }
        $application = new SymfonyApplication('ffi-zts', $version);
        $application->setCommandLoader(new FactoryCommandLoader($factories));
        $application->setAutoExit(false);
        $application->setCatchExceptions(false);
        try {
            return $application->run(new ArgvInput(['ffi-zts', ...$given]));
        } catch (ExceptionInterface $error) {
            throw new UsageError(lcfirst(rtrim(trim($error->getMessage()), '.')), previous: $error);
        }
    }
}
