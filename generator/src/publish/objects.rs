//! A bucket of S3, or what is below a prefix in it: files by their names, each request tried again when the link fails.
//!
//! Who asks, in which region and where are the variables that every tool of S3 reads: `AWS_ACCESS_KEY_ID`,
//! `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_REGION`, `AWS_ENDPOINT_URL`.

use std::collections::BTreeMap;
use std::time::Duration;

use formdef::{Bilingual, both};
use futures_util::TryStreamExt;
use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use object_store::path::Path;
use object_store::{
    Attribute, Attributes, BackoffConfig, Error, ObjectStore, ObjectStoreExt, PutMode, PutOptions,
    RetryConfig,
};
use serde::{Deserialize, Serialize};
use tokio::runtime::{Builder, Runtime};

use super::client::Client;
use crate::portal::is_origin;

const RETRIES_MAX: usize = 3;
const FIRST_WAIT: Duration = Duration::from_millis(100);
const WAIT_MAX: Duration = Duration::from_secs(2);
const TRIED_FOR_MAX: Duration = Duration::from_secs(90);

/// What a browser is told with a file.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) content_type: &'static str,
    pub(super) cache_control: Option<String>,
    pub(super) content_encoding: Option<&'static str>,
}

/// What a storage makes of a file's bytes and changes with them (`ETag`): equal or not, nothing else is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Tag(String);

impl Tag {
    /// Some write it within quotes in one answer and without in another.
    pub(super) fn of(written: Option<String>) -> Option<Tag> {
        let written = written?;
        let bare = written.trim_matches('"');
        (!bare.is_empty()).then(|| Tag(bare.to_owned()))
    }
}

/// A file as anybody gets it.
pub(super) struct Got {
    pub(super) bytes: Vec<u8>,
    pub(super) content_encoding: Option<String>,
}

/// The files of a bucket.
pub struct Objects {
    pub(super) name: String,
    prefix: Path,
    store: AmazonS3,
    runtime: Runtime,
}

impl Objects {
    /// `s3://BUCKET[/PREFIX]` at `endpoint`, else at the one that the machine's variables name.
    ///
    /// # Errors
    /// A sentence: address, endpoint or credentials will not do.
    pub fn open(address: &str, endpoint: Option<&str>) -> Result<Objects, Bilingual> {
        let bad = |cause: &str| {
            both!(
                "{address}: {cause}\n  = write s3://BUCKET or s3://BUCKET/PREFIX; set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, and AWS_ENDPOINT_URL or --endpoint for storage that is not Amazon's",
                "{address}: {cause}\n  = viết s3://BUCKET hoặc s3://BUCKET/PREFIX; đặt AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, và AWS_ENDPOINT_URL hoặc --endpoint nếu không phải kho của Amazon"
            )
        };
        let rest = address.strip_prefix("s3://");
        let rest = rest.ok_or_else(|| bad("not a bucket of S3"))?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.is_empty() {
            return Err(bad("names no bucket"));
        }
        let mut builder = AmazonS3Builder::from_env().with_bucket_name(bucket);
        if let Some(endpoint) = endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        let endpoint = builder
            .get_config_value(&AmazonS3ConfigKey::Endpoint)
            .unwrap_or_else(|| "https://s3.amazonaws.com".to_owned());
        if !is_origin(endpoint.trim_end_matches('/')) {
            return Err(bad(
                "the endpoint is not https://… without a path; http:// only for this machine",
            ));
        }
        // Without credentials object_store would look for a cloud's own machine to give it some.
        if builder
            .get_config_value(&AmazonS3ConfigKey::AccessKeyId)
            .is_none()
        {
            return Err(bad("AWS_ACCESS_KEY_ID is not set"));
        }
        let retry = RetryConfig {
            backoff: BackoffConfig {
                init_backoff: FIRST_WAIT,
                max_backoff: WAIT_MAX,
                base: 2.0,
            },
            max_retries: RETRIES_MAX,
            retry_timeout: TRIED_FOR_MAX,
        };
        let store = builder
            .with_http_connector(Client::new(&endpoint)?)
            .with_retry(retry)
            .build()
            .map_err(|error| bad(&error.to_string()))?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_time()
            .build()
            .map_err(|error| bad(&error.to_string()))?;
        Ok(Objects {
            name: address.trim_end_matches('/').to_owned(),
            prefix: Path::from(prefix),
            store,
            runtime,
        })
    }

    /// The bytes of a file; none: it is not there.
    pub(super) fn get(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.got(name)?.map(|got| got.bytes))
    }

    /// A file as anybody gets it; none: it is not there.
    pub(super) fn got(&self, name: &str) -> Result<Option<Got>, Error> {
        let read = async {
            let answer = self.store.get(&self.at(name)).await?;
            let encoding = answer.attributes.get(&Attribute::ContentEncoding);
            let content_encoding = encoding.map(|value| value.as_ref().to_owned());
            let bytes = answer.bytes().await?.into();
            Ok(Got {
                bytes,
                content_encoding,
            })
        };
        match self.runtime.block_on(read) {
            Ok(got) => Ok(Some(got)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes a file. Returns its tag.
    pub(super) fn put(
        &self,
        name: &str,
        bytes: Vec<u8>,
        told: &Told,
    ) -> Result<Option<Tag>, Error> {
        self.put_as(name, bytes, told, PutMode::Overwrite)
    }

    /// Writes a file that is not there yet. False: it is.
    pub(super) fn put_new(&self, name: &str, bytes: Vec<u8>) -> Result<bool, Error> {
        match self.put_as(name, bytes, &Told::default(), PutMode::Create) {
            Ok(_) => Ok(true),
            Err(Error::AlreadyExists { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Deletes a file; it may be gone already.
    pub(super) fn delete(&self, name: &str) -> Result<(), Error> {
        match self.runtime.block_on(self.store.delete(&self.at(name))) {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// All files whose names come after `start`, with their tags.
    pub(super) fn after(&self, start: &str) -> Result<BTreeMap<String, Option<Tag>>, Error> {
        self.listed(self.store.list_with_offset(self.below(), &self.at(start)))
    }

    /// The names of all files in a folder.
    pub(super) fn folder(&self, folder: &str) -> Result<Vec<String>, Error> {
        let listed = self.listed(self.store.list(Some(&self.at(folder))))?;
        Ok(listed.into_keys().collect())
    }

    fn listed(
        &self,
        found: impl TryStreamExt<Ok = object_store::ObjectMeta, Error = Error>,
    ) -> Result<BTreeMap<String, Option<Tag>>, Error> {
        let name = |path: &Path| {
            let parts = path.prefix_match(&self.prefix)?;
            let parts: Vec<_> = parts.map(|part| part.as_ref().to_owned()).collect();
            Some(parts.join("/"))
        };
        let found: Vec<_> = self.runtime.block_on(found.try_collect())?;
        let listed = found
            .into_iter()
            .filter_map(|meta| Some((name(&meta.location)?, Tag::of(meta.e_tag))));
        Ok(listed.collect())
    }

    fn put_as(
        &self,
        name: &str,
        bytes: Vec<u8>,
        told: &Told,
        mode: PutMode,
    ) -> Result<Option<Tag>, Error> {
        let mut attributes = Attributes::new();
        let headers = [
            (Attribute::ContentType, Some(told.content_type.to_owned())),
            (Attribute::CacheControl, told.cache_control.clone()),
            (
                Attribute::ContentEncoding,
                told.content_encoding.map(str::to_owned),
            ),
        ];
        for (attribute, value) in headers {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                attributes.insert(attribute, value.into());
            }
        }
        let options = PutOptions {
            mode,
            attributes,
            ..PutOptions::default()
        };
        let at = self.at(name);
        let put = self.store.put_opts(&at, bytes.into(), options);
        self.runtime.block_on(put).map(|done| Tag::of(done.e_tag))
    }

    fn at(&self, name: &str) -> Path {
        let parts = name.split('/').filter(|part| !part.is_empty());
        parts.fold(self.prefix.clone(), |path, part| path.join(part))
    }

    fn below(&self) -> Option<&Path> {
        (self.prefix.parts_count() > 0).then_some(&self.prefix)
    }
}
