<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** Where Composer keeps its settings and its cache (composer/composer src/Composer/Factory.php). */
final class ComposerHome
{
    /** @param array<string, string> $environment */
    public function __construct(private readonly array $environment)
    {
    }

    /** The directory of auth.json; null for a user without a home. */
    public function directory(): ?string
    {
        $named = $this->variable('COMPOSER_HOME');
        if ($named !== null) {
            return $this->expand($named);
        }
        $user = $this->variable('HOME');
        if ($user === null) {
            return null;
        }
        $directories = $this->usesXdg() ? [($this->variable('XDG_CONFIG_HOME') ?? "$user/.config") . '/composer'] : [];
        $directories[] = "$user/.composer";
        foreach ($directories as $directory) {
            if (is_dir($directory)) {
                return $directory;
            }
        }
        return $directories[0];
    }

    /** The cache; null where Composer is told to have none. */
    public function cache(): ?string
    {
        $named = $this->variable('COMPOSER_CACHE_DIR');
        if ($named !== null) {
            return str_starts_with($named, '/dev/null') ? null : $this->expand($named);
        }
        $home = $this->directory();
        $user = $this->variable('HOME');
        if ($home === null) {
            return null;
        }
        $old = $user !== null && $home === "$user/.composer" && is_dir("$home/cache");
        if ($this->variable('COMPOSER_HOME') !== null || $user === null || $old || !$this->usesXdg()) {
            return "$home/cache";
        }
        return ($this->variable('XDG_CACHE_HOME') ?? "$user/.cache") . '/composer';
    }

    private function usesXdg(): bool
    {
        return preg_grep('/^XDG_/', array_keys($this->environment)) !== [] || is_dir('/etc/xdg');
    }

    private function variable(string $name): ?string
    {
        return ($this->environment[$name] ?? '') === '' ? null : $this->environment[$name];
    }

    /** A leading `~` or `$HOME`. */
    private function expand(string $path): string
    {
        return (string) preg_replace_callback('~^(?:\~|\$HOME)(?=/|$)~', fn (): string => $this->environment['HOME'] ?? '', $path);
    }
}
