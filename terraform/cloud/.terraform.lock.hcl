# This file is maintained automatically by "terraform init".
# Manual edits may be lost in future updates.

provider "registry.terraform.io/auth0/auth0" {
  version     = "1.52.0"
  constraints = ">= 1.52.0, < 2.0.0"
  hashes = [
    "h1:svVJ8gNXRUsSN2qfa2fsHnm9aSFb444XCX+mfQbGMMc=",
    "zh:20660213e3bc85bb73486d9bd0662a282f019edd3f4b6a3b7c3b4cc3880574b6",
    "zh:2e77d6daf3a27bdfed007eb0a031eb6b518d0311f8a62ef49036034c79c3aefb",
    "zh:38c2d523d6fa645d7f00aeee36192ca3b97ad1b3ebe8e23c21dcb7ee9431fa92",
    "zh:46f5b12c4b736768ff446eb6734e81ad9ddf85762439a89fb8b09f999207e375",
    "zh:589a180c88d0a9178a5ad9cbbaef27804fccb109443db4713817957f2c96dedb",
    "zh:82eafe8514380e0e4caf4570b33c5c7d13c836efaa2cbeea4e82a0049ca89f1e",
    "zh:835e5623bf15554469121895ee57573188cb8918b41ec8fc15f911581e6f19c0",
    "zh:a4de145636d7861ec266c9ee57fb409d7a8eda4b6f890cefd6eca76e4c7313e9",
    "zh:b16f089c48abbb29345bdcaa59b6a5f27412928bfa2ee7082509cf33a4b0a430",
    "zh:b6f3152938ad7775168841f3c843158ea00450380f0e491cac10148fe88c13cd",
    "zh:e0f8100323a09a81d772eec2eb2a2d9c614682e47de7cc277927f8871ce296bc",
    "zh:e981472b366beaba039779705080313ebd16d6a098a30c93e190e128bad46384",
    "zh:eac0948911d2c53c363841287a21842d5a331929ea63471249332c5739675e31",
    "zh:f9576be75a2da1a4c85ceea6300e3cbb4715b1049d6ed25371c88b82dd6af1fe",
  ]
}

provider "registry.terraform.io/hashicorp/aws" {
  version     = "5.100.0"
  constraints = ">= 5.100.0, < 7.0.0"
  hashes = [
    "h1:+X3t1uVrM0z4K/lAYUV1SYmO7UBd9/Y4XC11zI9wcQQ=",
    "h1:95JvzqH8cVlNqTBgqfg5UfMZXT2a8K+vygOQ9afj4mQ=",
    "h1:FAfHhUISfZ2hS9itjVfBi71TltLVAHS2ZnQXlldUva0=",
    "h1:FZ4tAR+rsfmMatrfK9BrB6k+EhvolUNR67pSlc8bacs=",
    "h1:H3mU/7URhP0uCRGK8jeQRKxx2XFzEqLiOq/L2Bbiaxs=",
    "h1:Ijt7pOlB7Tr7maGQIqtsLFbl7pSMIj06TVdkoSBcYOw=",
    "h1:MLOPC8C1bKpbqPgtdkn26PSI/zYJZQc35vTLF4GNkXc=",
    "h1:edXOJWE4ORX8Fm+dpVpICzMZJat4AX0VRCAy/xkcOc0=",
    "h1:hVDEfiQis2sEFhiqQUL2MFc3YGyA3NNnk/vNz2J1nfI=",
    "h1:hd45qFU5cFuJMpFGdUniU9mVIr5LYVWP1uMeunBpYYs=",
    "h1:jAEZ9zxrrwIdsPm0ycSiAX0HqnssEN7VdA6B8FC9NqI=",
    "h1:lcDxx0Nx+ifFqTBpxz8Un27O0s+I7UNJAr/rUpSqlig=",
    "h1:qvzqmkxybGRKK4ttHbp4+lvYMOwoDsZKNIT1nRyCEK8=",
    "h1:wOhTPz6apLBuF7/FYZuCoXRK/MLgrNprZ3vXmq83g5k=",
    "zh:054b8dd49f0549c9a7cc27d159e45327b7b65cf404da5e5a20da154b90b8a644",
    "zh:0b97bf8d5e03d15d83cc40b0530a1f84b459354939ba6f135a0086c20ebbe6b2",
    "zh:1589a2266af699cbd5d80737a0fe02e54ec9cf2ca54e7e00ac51c7359056f274",
    "zh:6330766f1d85f01ae6ea90d1b214b8b74cc8c1badc4696b165b36ddd4cc15f7b",
    "zh:7c8c2e30d8e55291b86fcb64bdf6c25489d538688545eb48fd74ad622e5d3862",
    "zh:99b1003bd9bd32ee323544da897148f46a527f622dc3971af63ea3e251596342",
    "zh:9b12af85486a96aedd8d7984b0ff811a4b42e3d88dad1a3fb4c0b580d04fa425",
    "zh:9f8b909d3ec50ade83c8062290378b1ec553edef6a447c56dadc01a99f4eaa93",
    "zh:aaef921ff9aabaf8b1869a86d692ebd24fbd4e12c21205034bb679b9caf883a2",
    "zh:ac882313207aba00dd5a76dbd572a0ddc818bb9cbf5c9d61b28fe30efaec951e",
    "zh:bb64e8aff37becab373a1a0cc1080990785304141af42ed6aa3dd4913b000421",
    "zh:dfe495f6621df5540d9c92ad40b8067376350b005c637ea6efac5dc15028add4",
    "zh:f0ddf0eaf052766cfe09dea8200a946519f653c384ab4336e2a4a64fdd6310e9",
    "zh:f1b7e684f4c7ae1eed272b6de7d2049bb87a0275cb04dbb7cda6636f600699c9",
    "zh:ff461571e3f233699bf690db319dfe46aec75e58726636a0d97dd9ac6e32fb70",
  ]
}
