<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** Follows redirects one by one, so that a login is given to its own host alone, and https never becomes http. */
final class Redirects
{
    private const MOST = 5;

    /**
     * @param \Closure(string): ?string $ask asks an address, and returns where that redirects to
     *
     * @throws FetchError
     */
    public static function follow(string $url, \Closure $ask): void
    {
        for ($hop = 0; $hop <= self::MOST; $hop++) {
            $location = $ask($url);
            if ($location === null) {
                return;
            }
            $next = Url::redirect($url, $location);
            if ($next === null) {
                throw new FetchError(Url::host($url) . " redirects to '" . Url::plain($location) . "', which is not followed");
            }
            $url = $next;
        }
        throw new FetchError(Url::host($url) . ' redirects more than ' . self::MOST . ' times');
    }
}
