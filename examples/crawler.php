<?php

/*
 * A web crawler: an event loop follows links, a pool fetches and parses the pages, several at once.
 *
 *     php -d extension=ffi_zts.so examples/crawler.php [URL]
 *
 * Without a URL it crawls a small site that it serves itself on 127.0.0.1 (examples/workers/site.php). It stays on the host
 * that it began with, and stops after so many pages.
 */

declare(strict_types=1);

const PAGES = 30;      // that many at most
const AT_ONCE = 4;     // fetched at the same time
const TIMEOUT = 10.0;  // seconds for a page

/** Runs on a worker. What it returns are plain values: the document stays there. */
$fetch = static function (string $url): array {
    $context = stream_context_create(['http' => ['timeout' => 5, 'ignore_errors' => true]]);
    $html = @file_get_contents($url, false, $context, 0, 1 << 20);
    $document = new DOMDocument();
    $document->loadHTML($html === false || $html === '' ? '<p>' : $html, LIBXML_NOERROR);
    $links = [];
    foreach ($document->getElementsByTagName('a') as $anchor) {
        $links[] = $anchor->getAttribute('href');
    }
    $title = $document->getElementsByTagName('title')->item(0)?->textContent;
    return ['title' => $title ?? 'untitled', 'status' => $http_response_header[0] ?? 'no answer', 'links' => $links];
};

$server = null;
$start = $argv[1] ?? null;
if ($start === null) {
    // A port that is free now; the server says on its standard error when it listens.
    $probe = stream_socket_server('tcp://127.0.0.1:0');
    $address = stream_socket_get_name($probe, false);
    fclose($probe);
    $server = proc_open([PHP_BINARY, '-n', '-S', $address, __DIR__ . '/workers/site.php'], [2 => ['pipe', 'w']], $pipes);
    fgets($pipes[2]);
    $start = "http://$address/";
}
$base = preg_replace('~^(https?://[^/]+).*~', '$1', $start);

$pool = FfiZts::boot(['threads' => AT_ONCE])->pool(AT_ONCE);
$queue = [$start];
$known = [$start => true];
$running = $streams = $found = [];

while ($queue !== [] || $running !== []) {
    while ($queue !== [] && count($running) < AT_ONCE) {
        $url = array_shift($queue);
        $running[$url] = $pool->submit($fetch, [$url], timeout: TIMEOUT);
        $streams[$url] = $running[$url]->getStream();
    }
    // Sleeps until a page is there; sockets, timers and signals of yours would be waited for at the same place.
    [$ready, $none] = [$streams, null];
    stream_select($ready, $none, $none, null);
    foreach (array_keys($ready) as $url) {
        if (!$running[$url]->isDone()) {
            continue; // it has printed something
        }
        try {
            $page = $running[$url]->await();
        } catch (Exception $exception) {
            $page = ['title' => $exception->getMessage(), 'status' => 'failed', 'links' => []];
        }
        unset($running[$url], $streams[$url]);
        $found[$url] = $page;
        foreach ($page['links'] as $link) {
            $link = str_starts_with($link, '/') ? $base . $link : $link;
            if (str_starts_with($link, "$base/") && !isset($known[$link]) && count($known) < PAGES) {
                $known[$link] = true;
                $queue[] = $link;
            }
        }
    }
}

ksort($found, SORT_NATURAL);
foreach ($found as $url => $page) {
    printf("%-10s %-24s %s\n", substr($url, strlen($base)), $page['status'], $page['title']);
}
printf("%d pages\n", count($found));
if ($server !== null) {
    proc_terminate($server);
    proc_close($server);
}
