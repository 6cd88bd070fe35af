import { graphql } from '../gql';

export const ModelCatalogueDocument = graphql(`
  query ModelCatalogue {
    models {
      id
      name
      size
      quantization
      languages
      licence
      origin
      sha1
      sha256
      fileBytes
      memoryBytesNeeded
      default
      deletable
      embedded
      installed
      official
      loadedOn {
        backend
        device
        memoryBytes
        busy
        worker {
          id
          host
        }
      }
      pull {
        ...ModelPullFields
      }
    }
  }
`);

export const PullModelDocument = graphql(`
  mutation PullModel($name: String!) {
    result: pullModel(input: { name: $name }) {
      __typename
      ... on PullModelPayload {
        existing
        pull {
          ...ModelPullFields
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`);

export const CancelModelPullDocument = graphql(`
  mutation CancelModelPull($id: ID!) {
    result: cancelModelPull(input: { id: $id }) {
      __typename
      ... on ModelPullPayload {
        pull {
          ...ModelPullFields
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`);

export const VerifyModelDocument = graphql(`
  mutation VerifyModel($name: String!) {
    result: verifyModel(input: { name: $name }) {
      __typename
      ... on VerifyModelPayload {
        intact
        official
        seconds
        sha256
        fileBytes
      }
      ... on Error {
        code
        message
      }
    }
  }
`);

export const UnloadModelDocument = graphql(`
  mutation UnloadModel($name: String!) {
    result: unloadModel(input: { name: $name }) {
      __typename
      ... on Error {
        code
        message
      }
    }
  }
`);

export const DeleteModelDocument = graphql(`
  mutation DeleteModel($name: String!) {
    result: deleteModel(input: { name: $name }) {
      __typename
      ... on Error {
        code
        message
      }
    }
  }
`);
