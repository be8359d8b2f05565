<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** Gets files from the first of several places that has them. */
final class Download
{
    /** How often a piece is asked for at one place. */
    public const TRIES = 3;

    private readonly LocalFetch $local;

    /** @param ?Fetch $web null: the network is not to be used */
    public function __construct(private readonly ?Fetch $web, private readonly Reporter $reporter)
    {
        $this->local = new LocalFetch();
    }

    /**
     * Gets a pinned archive.
     *
     * @param list<string> $urls      where it may be
     * @param string       $directory where it is kept, and where an unfinished one waits
     *
     * @return string the archive's path
     *
     * @throws InstallError
     */
    public function pinned(Pin $pin, array $urls, string $directory): string
    {
        $path = "$directory/{$pin->short()}-{$pin->file}";
        if ($this->isCached($path, $pin)) {
            $this->reporter->detail("{$pin->file} is in the cache: $path");
            return $path;
        }
        $assembly = Assembly::open($pin, "$path.part", $this->reporter->progress(...));
        if ($assembly !== null) {
            $this->collect($pin, $assembly, $urls, $path);
            return $path;
        }
        // Another process writes that one just now.
        $own = $path . '.' . bin2hex(random_bytes(6)) . '.part';
        try {
            $this->collect($pin, Assembly::open($pin, $own, $this->reporter->progress(...)), $urls, $path);
        } finally {
            Disk::remove($own);
        }
        return $path;
    }

    /** @param list<string> $urls */
    private function collect(Pin $pin, Assembly $assembly, array $urls, string $path): void
    {
        $failures = [];
        foreach ($assembly->isComplete() ? [] : $urls as $url) {
            try {
                $this->reporter->downloading($pin->file, $pin->size, $assembly->position(), Url::plain($url));
                $this->assemble($assembly, $url);
                break;
            } catch (FetchError $error) {
                $failures[Url::plain($url)] = $error;
            }
        }
        if (!$assembly->isComplete()) {
            throw self::failed($pin->file, $failures);
        }
        $assembly->finish($path);
        $this->reporter->downloaded($pin->file, $pin->size);
    }

    /**
     * Gets a file of which no more is known than that it must not be larger than a bundle.
     *
     * @throws InstallError
     */
    public function whole(string $url, string $path): void
    {
        $file = Disk::open($path, 'xb');
        $sink = new FileSink($file, $path, Manifest::MAX_SIZE, $this->reporter->progress(...));
        try {
            $this->tries(fn () => $this->way($url)->range($url, 0, Manifest::MAX_SIZE - 1, Manifest::MAX_SIZE, $sink));
        } catch (FetchError $error) {
            throw self::failed(Url::name($url), [Url::plain($url) => $error]);
        } finally {
            Disk::close($file, $path);
        }
    }

    /**
     * Gets a small file whole.
     *
     * @throws InstallError
     */
    public function small(string $url, int $limit): string
    {
        $sink = new MemorySink($limit);
        try {
            $this->tries(fn () => $this->way($url)->range($url, 0, $limit - 1, $limit, $sink));
        } catch (FetchError $error) {
            throw self::failed(Url::name($url), [Url::plain($url) => $error]);
        }
        return $sink->bytes;
    }

    private function assemble(Assembly $assembly, string $url): void
    {
        $way = $this->way($url);
        while (!$assembly->isComplete()) {
            $this->tries(static function () use ($assembly, $way, $url): void {
                $way->range($url, $assembly->position(), $assembly->next(), $assembly->size(), $assembly);
                $assembly->end();
            });
        }
    }

    /** @param \Closure(): void $try */
    private function tries(\Closure $try): void
    {
        for ($number = 1;; $number++) {
            try {
                $try();
                return;
            } catch (FetchError $error) {
                if (!$error->again || $number === self::TRIES) {
                    throw $error;
                }
                $this->reporter->detail("{$error->getMessage()}; once more");
            }
        }
    }

    private function way(string $url): Fetch
    {
        if (!Url::isWeb($url)) {
            return $this->local;
        }
        return $this->web ?? throw new FetchError(
            'the network is not to be used (COMPOSER_DISABLE_NETWORK)',
            remedy: 'unset COMPOSER_DISABLE_NETWORK, or give the bundle to ffi-zts install --from FILE',
        );
    }

    private function isCached(string $path, Pin $pin): bool
    {
        if (!is_file($path)) {
            return false;
        }
        if (filesize($path) === $pin->size && hash_file('sha256', $path) === $pin->sha256) {
            return true;
        }
        $this->reporter->warning("$path in the cache is not what is pinned; it is fetched anew");
        Disk::remove($path);
        return false;
    }

    /** @param array<string, FetchError> $failures by address */
    private static function failed(string $file, array $failures): InstallError
    {
        if ($failures === []) {
            return new InstallError(
                Status::Unreachable,
                "there is no place to get $file from: the manifest has no urls",
                'name one: FFI_ZTS_MIRROR=URL|DIR, or ffi-zts install --from FILE',
            );
        }
        $text = "cannot get $file";
        $status = Status::Unreachable;
        $remedies = [];
        foreach ($failures as $url => $error) {
            $text .= "\n  $url: {$error->getMessage()}";
            if ($error->bytes) {
                $status = Status::Verification;
            }
            if ($error->remedy !== null) {
                $remedies[] = $error->remedy;
            }
        }
        $remedies[] = $status === Status::Verification
            ? 'what is there is not what this package pins: tell whoever keeps that place, and use another (FFI_ZTS_MIRROR)'
            : 'name a mirror, FFI_ZTS_MIRROR=URL|DIR, or give the bundle itself: ffi-zts install --from FILE';
        return new InstallError($status, $text, implode("\n  -> ", array_unique($remedies)));
    }
}
