#!/usr/bin/env bash
# What of the documentation is made: the API reference, the diagrams, and a static site of all pages in build/site.
#
#   scripts/docs.sh [--no-site]
#
#   --no-site   only what is committed: docs/api and docs/diagrams
set -euo pipefail
# shellcheck source=scripts/lib/common.sh
. "$(dirname "$0")/lib/common.sh"

readonly PAGES=$FFI_ZTS_ROOT/build/docs SITE=$FFI_ZTS_ROOT/build/site

# page FILE: as mkdocs reads it: without the marks of the tests, and without links to files that are no pages.
# shellcheck disable=SC2016  # backticks of Markdown
page() { sed -E '/^<!-- not run: .* -->$/d; s/^```(\w+) .*$/```\1/; s/\[([^]]*)\]\(\.\.\/[^)]*\)/\1/g' -- "$1"; }

site() {
    local file target new=$SITE.new
    have mkdocs || die "mkdocs is not installed, which makes the site: apt-get install mkdocs (or --no-site)"
    rm -rf -- "$PAGES" "$new"
    while IFS= read -r -d '' file; do
        target=$PAGES/${file#"$FFI_ZTS_ROOT"/docs/}
        mkdir -p -- "$(dirname "$target")"
        page "$file" >"$target"
    done < <(find "$FFI_ZTS_ROOT/docs" -name '*.md' -print0)
    mkdir -p -- "$PAGES/diagrams"
    cp -- "$FFI_ZTS_ROOT"/docs/diagrams/*.svg "$PAGES/diagrams/"
    mkdocs build --quiet --strict --config-file "$FFI_ZTS_ROOT/scripts/docs/mkdocs.yml" --site-dir "$new"
    rm -rf -- "$SITE"
    mv -- "$new" "$SITE"
    say "the site is build/site/index.html"
}

main() {
    [ $# -eq 0 ] || [ "$*" = --no-site ] || die "docs takes --no-site, and nothing else"
    "${PHP:-php}" -n "$FFI_ZTS_ROOT/scripts/docs/generate-api.php"
    "$FFI_ZTS_ROOT/scripts/docs/render-diagrams.sh"
    [ $# -gt 0 ] || site
}

main "$@"
